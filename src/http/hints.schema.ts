/** The `hints` of an empty page. */
export const hintsField = {
  type: 'array',
  description:
    'Only where nothing was found: what each parameter, left out, would bring; of one given up to four times each of the times. The most promising first',
  items: {
    type: 'object',
    properties: {
      parameter: { type: 'string', description: 'Which parameter' },
      received: { type: 'string', description: 'What it said' },
      count: {
        type: ['integer', 'null'],
        minimum: 0,
        description:
          'So many events would be found without it; null where counting took too long',
      },
      more: {
        type: 'boolean',
        description: 'Whether there are more than `count`',
      },
      nearest: {
        type: 'array',
        description:
          'Of words that nothing has (`q`): actors whose names look like them, to be asked for by `actor`',
        items: {
          type: 'object',
          description: 'An actor',
          properties: {
            id: { type: 'string', description: 'Its id' },
            name: {
              type: 'object',
              additionalProperties: { type: 'string' },
              description: 'What it is called, by language',
            },
          },
          required: ['id', 'name'],
          additionalProperties: false,
        },
      },
    },
    required: ['parameter', 'received', 'count', 'more'],
    additionalProperties: false,
  },
};

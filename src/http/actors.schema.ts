import { Type } from 'typebox';
import { actorSchema } from '../domain/actor.ts';
import { answered, recordFields } from './answered.schema.ts';
import { listParameter, pageSchema, paging } from './answers.ts';
import { asOfParameter } from './records.ts';

function answeredActor(): object {
  const actor = answered(actorSchema, ['until']);
  return {
    ...actor,
    $id: 'Actor',
    description:
      'A person, an office, an institution, a state, an organization, a format or a group',
    properties: { ...actor.properties, ...recordFields },
    required: [...(actor.required ?? []), ...Object.keys(recordFields)],
  };
}

/** The shapes of actors in answers. */
export const actorShapes = [answeredActor(), pageSchema('Actor')];

/** The parameters of the list of actors. */
export const actorQuery = Type.Object(
  {
    q: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 200,
        description:
          'Words that one of the names holds; capitals and diacritics do not matter',
        examples: ['Рябков'],
      }),
    ),
    kind: listParameter('What the actor is', 'office'),
    memberOf: listParameter(
      'A member of this organization or format, now or once',
      'nato',
    ),
    partOf: listParameter(
      'A part of this institution, state or organization, now or once',
      'russia',
    ),
    asOf: asOfParameter,
    ...paging,
  },
  { additionalProperties: false },
);

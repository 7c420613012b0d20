/** Texts of the page's frame: top bar, filters, histogram, lanes, states. */
export const frameEn = {
  name: 'Diplomatic events',
  'count.events': { one: '{n} event', other: '{n} events' },
} as const;

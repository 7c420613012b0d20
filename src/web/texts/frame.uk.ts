import type { Text } from './text.ts';
import type { frameEn } from './frame.en.ts';

/** The same in Ukrainian. */
export const frameUk: Record<keyof typeof frameEn, Text> = {
  name: 'Дипломатичні події',
  'count.events': {
    one: '{n} подія',
    few: '{n} події',
    many: '{n} подій',
    other: '{n} події',
  },
};

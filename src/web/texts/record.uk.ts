import type { recordEn } from './record.en.ts';
import type { Text } from './text.ts';

/** The same in Ukrainian. */
export const recordUk: Record<keyof typeof recordEn, Text> = {
  close: 'Закрити',
};

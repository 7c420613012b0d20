import { DomainError } from '../../src/domain/errors.ts';

/** How a value was refused. */
export interface Refusal {
  code: string;
  pointers: (string | undefined)[];
  faults: DomainError['faults'];
}

/** How a reader refuses a value; null when it takes it. */
export function refusal(
  read: (value: unknown) => unknown,
  value: unknown,
): Refusal | null {
  try {
    read(value);
    return null;
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    const { code, faults } = error;
    return { code, faults, pointers: faults.map(({ pointer }) => pointer) };
  }
}

/** A value of lists in lists, so many levels deep. */
export function deep(levels: number): unknown {
  let value: unknown = 'bottom';
  for (let level = 0; level < levels; level++) value = [value];
  return value;
}

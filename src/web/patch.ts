import type { RevisionPage } from './shapes.ts';

type Step = RevisionPage['data'][number]['patch'][number];

/** One change of a record, with what stood there before; undefined where nothing did, or does. */
export interface Difference {
  op: Step['op'];
  path: string;
  before: unknown;
  after: unknown;
}

/** What a JSON Patch (RFC 6902) changes, step by step: a step speaks of the record as the steps before have left it. */
export function differences(
  record: unknown,
  patch: readonly Step[],
): Difference[] {
  const state: unknown = structuredClone(record);
  return patch.map(({ op, path, value }) => {
    const parts = path.split('/').slice(1).map(unescaped);
    const name = parts.pop() ?? '';
    const holder = parts.reduce(within, state);
    const before = op === 'add' ? undefined : within(holder, name);
    if (Array.isArray(holder)) change(holder, op, name, value);
    else if (isRecord(holder)) {
      if (op === 'remove') delete holder[name];
      else holder[name] = value;
    }
    return { op, path, before, after: op === 'remove' ? undefined : value };
  });
}

function change(
  list: unknown[],
  op: Step['op'],
  name: string,
  value: unknown,
): void {
  const at = name === '-' ? list.length : Number(name);
  if (op === 'remove') list.splice(at, 1);
  else list.splice(at, op === 'add' ? 0 : 1, value);
}

const unescaped = (part: string) =>
  part.replaceAll('~1', '/').replaceAll('~0', '~');

function within(holder: unknown, name: string): unknown {
  return isRecord(holder) && Object.hasOwn(holder, name)
    ? holder[name]
    : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

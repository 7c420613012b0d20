import {
  Ajv2020,
  type ErrorObject,
  type ValidateFunction,
} from 'ajv/dist/2020.js';
import { boundsOf } from './bounds.ts';
import { DateFault, parseEdtf } from './edtf.ts';
import { DomainError, type Fault } from './errors.ts';
import { nearest } from './nearest.ts';
import { cleanJson, escapePointer, MOST_FAULTS, shortened } from './text.ts';

const ajv = new Ajv2020({
  allErrors: true,
  strict: true,
  strictTypes: false,
  allowUnionTypes: true,
  verbose: true,
});

/** A check of one kind of draft against its JSON Schema; compiled once. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the schema and the type say the same, side by side
export function draftCheck<Draft>(schema: object): (value: unknown) => Draft {
  const validate: ValidateFunction = ajv.compile(schema);
  return (value) => {
    const clean = cleanJson(value);
    if (!validate(clean)) {
      const faults = (validate.errors ?? [])
        .filter(tells)
        .slice(0, MOST_FAULTS)
        .map(faultOf);
      throw new DomainError(
        'invalid_record',
        'The record does not have the shape of the contract.',
        faults,
      );
    }
    return clean as Draft;
  };
}

// These only repeat what the errors beneath them say more exactly.
const tells = (error: ErrorObject): boolean =>
  !['if', 'propertyNames', 'not'].includes(error.keyword) &&
  !error.schemaPath.includes('/anyOf/');

/** An Ajv error in the words of the contract's problems. */
export function faultOf(error: ErrorObject): Fault {
  const { keyword, instancePath, params, message = 'is wrong', data } = error;
  const at = (name: unknown) =>
    `${instancePath}/${escapePointer(String(name))}`;
  if (
    keyword === 'additionalProperties' ||
    keyword === 'unevaluatedProperties'
  ) {
    const name = String(
      params['additionalProperty'] ?? params['unevaluatedProperty'],
    );
    const known = Object.keys(
      (error.parentSchema?.['properties'] as object | undefined) ?? {},
    );
    return {
      pointer: at(name),
      message: 'is not a field of this record',
      ...looksLike(name, known),
    };
  }
  if (keyword === 'required')
    return { pointer: at(params['missingProperty']), message: 'is missing' };
  const pointer = instancePath;
  const received = shortened(error.propertyName ?? data);
  if (keyword === 'enum') {
    const allowed = params['allowedValues'] as unknown[];
    return {
      pointer,
      message: 'is not one of the known values',
      received,
      allowed,
      ...looksLike(received, allowed),
    };
  }
  if (keyword === 'anyOf')
    return {
      pointer,
      message: 'needs one of its identifying fields',
      received,
    };
  if (error.propertyName !== undefined)
    return {
      pointer,
      message: 'has a key that is not a language tag or name',
      received,
    };
  return { pointer, message, received };
}

function looksLike(
  received: unknown,
  known: readonly unknown[],
): { nearest?: string[] } {
  const near = nearest(
    String(received),
    known.filter((value) => typeof value === 'string'),
  );
  return near.length > 0 ? { nearest: near } : {};
}

/** A list of a draft as what it is: drafts may say null for "none". */
export function listOf<T>(list: readonly T[] | null | undefined): readonly T[] {
  return list ?? [];
}

/** Dates that were found to be sound: most sources of an import share theirs with others. */
const soundDates = new Set<string>();

/** Beyond these the memory of dates begins anew. */
const REMEMBERED = 20_000;
const LONGEST_REMEMBERED = 25;

/** Collects what is wrong with a record, so that all of it is told at once. */
export class Faults {
  readonly found: Fault[] = [];

  add(
    pointer: string,
    message: string,
    more: Omit<Fault, 'pointer' | 'message'> = {},
  ): void {
    if (this.found.length < MOST_FAULTS)
      this.found.push({ pointer, message, ...more });
  }

  /** Checks an EDTF date where there is one. */
  date(pointer: string, value: string | null | undefined): void {
    if (value === null || value === undefined || soundDates.has(value)) return;
    try {
      boundsOf(parseEdtf(value));
      if (soundDates.size >= REMEMBERED) soundDates.clear();
      if (value.length <= LONGEST_REMEMBERED) soundDates.add(value);
    } catch (error) {
      if (!(error instanceof DateFault)) throw error;
      this.dateFault(pointer, value, error);
    }
  }

  dateFault(pointer: string, value: string, error: DateFault): void {
    this.add(pointer, `${error.message} (at character ${error.position + 1})`, {
      received: shortened(value),
    });
  }

  /** @throws DomainError when anything was found */
  raise(code: 'invalid_record' | 'untrue_record', detail: string): void {
    if (this.found.length > 0) throw new DomainError(code, detail, this.found);
  }
}

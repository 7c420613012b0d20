import { draftCheck } from '../domain/draft.ts';
import { DomainError } from '../domain/errors.ts';
import { eventMapper } from './mapped-event.ts';
import { type Mapping, mappingError } from './mapping.ts';
import { mappingSchema } from './mapping-schema.ts';

const check = draftCheck<Mapping>(mappingSchema);

/**
 * A value understood as a mapping.
 * @throws DomainError `invalid_parameter` naming every fault by its pointer in the mapping
 */
export function readMapping(value: unknown): Mapping {
  let mapping: Mapping;
  try {
    mapping = check(value);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    throw mappingError(
      error.faults.map((fault) => ({
        ...fault,
        message: fault.message.replace('of this record', 'of a mapping'),
      })),
    );
  }
  // Without a header only what the mapping says of itself can be wrong.
  eventMapper(mapping, null);
  return mapping;
}

/**
 * Every problem the service answers with (RFC 9457): the code is the last part of the problem's `type`, the status
 * its HTTP status. The README's table is held to this list by a test.
 */
export const problems = {
  invalid_parameter: {
    status: 400,
    title: 'A parameter has a value it cannot have',
  },
  unknown_parameter: {
    status: 400,
    title: 'A parameter is not known here',
  },
  unknown_value: {
    status: 400,
    title: 'A filter names something that is not in the record',
  },
  invalid_cursor: {
    status: 400,
    title: 'A cursor is damaged or belongs to another question',
  },
  invalid_record: {
    status: 400,
    title: 'A record does not have the shape of the contract',
  },
  malformed_request: {
    status: 400,
    title: 'The request cannot be read',
  },
  unauthorized: { status: 401, title: 'A valid key is needed' },
  forbidden: {
    status: 403,
    title: 'The key does not have the scope that is needed',
  },
  not_found: { status: 404, title: 'Nothing is here' },
  method_not_allowed: {
    status: 405,
    title: 'The method is not allowed here',
  },
  not_acceptable: {
    status: 406,
    title: 'None of the accepted media types is available',
  },
  request_timeout: {
    status: 408,
    title: 'The request took too long to arrive',
  },
  conflict: { status: 409, title: 'The record stands against it' },
  removed: { status: 410, title: 'The record was removed' },
  precondition_failed: {
    status: 412,
    title: 'The record is not as the writer believes',
  },
  payload_too_large: { status: 413, title: 'The body is too large' },
  uri_too_long: { status: 414, title: 'The address is too long' },
  unsupported_media_type: {
    status: 415,
    title: 'The body has a media type that is not read here',
  },
  unknown_reference: {
    status: 422,
    title: 'A record refers to something that does not exist',
  },
  untrue_record: {
    status: 422,
    title: 'A record is well formed but cannot be true',
  },
  rejected_rows: {
    status: 422,
    title: 'Rows of an import were rejected, and nothing was kept',
  },
  circular_reference: { status: 422, title: 'References run in a circle' },
  idempotency_key_reuse: {
    status: 422,
    title: 'The idempotency key came with another body before',
  },
  precondition_required: {
    status: 428,
    title: 'What exists is only changed with If-Match',
  },
  too_many_requests: { status: 429, title: 'Too much was asked for now' },
  header_too_large: { status: 431, title: 'The headers are too large' },
  internal: { status: 500, title: 'The service failed' },
  database_unavailable: {
    status: 503,
    title: 'The database is away',
  },
  outcome_unknown: {
    status: 503,
    title: 'Nobody knows yet whether the write was kept',
  },
  storage_full: { status: 503, title: 'The database has no room left' },
  too_busy: {
    status: 503,
    title: 'As many of these run as the service takes at once',
  },
  query_timeout: { status: 503, title: 'The database took too long' },
} as const;

/** The name of a problem; a key of {@link problems}. */
export type ProblemCode = keyof typeof problems;

/** One place in a request or a record that is wrong, as RFC 9457 suggests for its `errors` extension. */
export interface Fault {
  /** The query parameter or path parameter at fault. */
  parameter?: string;
  /** A JSON Pointer (RFC 6901) to the value at fault. */
  pointer?: string;
  message: string;
  /** What came in, shortened. */
  received?: unknown;
  /** What could have come in. */
  allowed?: readonly unknown[];
  /** Known values that look alike, nearest first. */
  nearest?: readonly string[];
}

/** Somebody asked for or sent what cannot be: told to them with a code, a sentence and the faults found. */
export class DomainError extends Error {
  readonly code: ProblemCode;
  readonly faults: readonly Fault[];

  constructor(
    code: ProblemCode,
    detail: string,
    faults: readonly Fault[] = [],
  ) {
    super(detail);
    this.name = 'DomainError';
    this.code = code;
    this.faults = faults;
  }
}

/** An id was merged away and cannot be given again: it leads to its successor. */
export class MergedError extends DomainError {
  constructor(record: string, successor: string) {
    super(
      'conflict',
      `The ${record} with this id was merged into ${successor}. Write to that one.`,
    );
    this.name = 'MergedError';
  }
}

/** The program cannot start or go on for a reason its operator can mend: one sentence, no stack, exit code 1. */
export class StartError extends Error {
  constructor(sentence: string) {
    super(sentence);
    this.name = 'StartError';
  }
}

/** The database is away when the program starts: whoever can wait for it may. */
export class AwayError extends StartError {}

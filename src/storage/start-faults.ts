import {
  AwayError,
  DomainError,
  problems,
  StartError,
} from '../domain/errors.ts';
import { asDomainError } from './faults.ts';

/**
 * The address of a PostgreSQL database as it was given.
 * @param name the setting that it stands in
 * @throws StartError when it is none
 */
export function readableAddress(url: string, name = 'DATABASE_URL'): string {
  if (!/^postgres(ql)?:\/\//.test(url) || !URL.canParse(url) || !decodes(url))
    throw new StartError(
      `${name} is not a PostgreSQL address such as postgres://user:password@host:5432/name.`,
    );
  return url;
}

// Whoever takes the address apart throws an error of its own at a broken escape such as %zz or %ff.
function decodes(url: string): boolean {
  try {
    decodeURIComponent(url);
    return true;
  } catch {
    return false;
  }
}

// Wrong words in the address stay wrong; all else that keeps a connection from being made may pass.
const FOR_GOOD = /^(28|3D000|42)/;

/** Why a start failed, in one sentence; AwayError where waiting may help. */
export function startError(error: unknown): StartError {
  if (error instanceof StartError) return error;
  const told = asDomainError(error);
  const away =
    told instanceof DomainError &&
    problems[told.code].status === 503 &&
    !FOR_GOOD.test(String((Object(error) as { code?: unknown }).code));
  return new (away ? AwayError : StartError)(
    `The database cannot be used: ${reasonOf(error)}. Is the server running, and is DATABASE_URL right?`,
  );
}

function reasonOf(error: unknown): string {
  const {
    message = '',
    code = '',
    errors,
  } = Object(error) as { message?: string; code?: unknown; errors?: unknown[] };
  if (message === '' && errors?.[0] !== undefined) return reasonOf(errors[0]);
  return (
    message.split('\n')[0]?.replace(/\.$/, '') ||
    String(code) ||
    'no reason given'
  );
}

import { StartError } from '../domain/errors.ts';

/**
 * An address of a database as it was given.
 * @param name the setting that it stands in
 * @throws StartError when it is none
 */
export function readable(url: string, name = 'DATABASE_URL'): string {
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

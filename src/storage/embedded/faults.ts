import { StartError } from '../../domain/errors.ts';

const reasons: Record<string, string> = {
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  EROFS: 'its file system is read-only',
  ENOSPC: 'its disk is full',
  EDQUOT: 'its disk quota is used up',
  ENOTDIR: 'it is not a directory',
  EEXIST: 'it is not a directory',
  ENOENT: 'it cannot be made',
};

/**
 * Answers the code of a system's or PostgreSQL's error, or undefined. Not by `instanceof`: under Jest, errors of the file
 * system come from another realm.
 */
export function codeOf(error: unknown): string | undefined {
  return textOf(error, 'code');
}

/** Answers what an error says, whatever was thrown. */
export function messageOf(error: unknown): string {
  return textOf(error, 'message') ?? String(error);
}

/** Says any fault of the data directory in one sentence for the operator. */
export function asStartError(error: unknown, dataDir: string): StartError {
  if (error instanceof StartError) return error;
  const reason =
    reasons[codeOf(error) ?? ''] ??
    messageOf(error).split('\n')[0]?.replace(/\.$/, '');
  return new StartError(
    `The database cannot be kept in ${dataDir}: ${reason}.`,
  );
}

function textOf(error: unknown, key: string): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const value: unknown = Reflect.get(error, key);
  return typeof value === 'string' ? value : undefined;
}

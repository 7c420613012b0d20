import { type Config } from '../config.ts';
import { keyExpiry, keyNameFault, parseKey, scopes } from '../domain/access.ts';
import { DateFault } from '../domain/edtf.ts';
import { StartError } from '../domain/errors.ts';
import { shortened } from '../domain/text.ts';
import { type ListedKey, listKeys } from '../storage/keys.reads.ts';
import {
  createKey,
  type NewKey,
  revokeKey,
  rotateKey,
} from '../storage/keys.writes.ts';
import { withDatabase } from './connect.ts';

/** How the command line says a key is to be. */
export interface KeyFlags {
  name: string;
  scope: string;
  expires?: string;
}

/**
 * `keys create`: the key alone on standard output, so that it can go into a file or a variable; the words about it on
 * standard error.
 * @throws StartError for a name, scope or expiry that cannot be
 */
export async function makeKey(config: Config, flags: KeyFlags): Promise<void> {
  const key = newKey(flags);
  const text = await withDatabase(config, (database) =>
    createKey(database, key),
  );
  show(
    text,
    `its scope ${key.scope}${key.expires === null ? '' : `, and it expires at ${key.expires}`}`,
  );
}

/**
 * `keys rotate`: a new key in the place of another, which stays good for some hours yet.
 * @throws StartError when there is no valid key with this id, and for hours or an expiry that cannot be
 */
export async function renewKey(
  config: Config,
  given: string,
  { overlap, expires }: { overlap: string; expires?: string },
): Promise<void> {
  if (!/^\d{1,4}$/.test(overlap))
    throw new StartError(
      `--overlap is "${String(shortened(overlap))}"; it must be a number of hours, up to 9999.`,
    );
  const id = idOf(given);
  const until = expiry(expires);
  const text = await withDatabase(config, (database) =>
    rotateKey(database, id, Number(overlap), until),
  );
  if (text === null)
    throw new StartError(
      `There is no valid key with the id "${String(shortened(id))}"; "keys list" shows all.`,
    );
  show(
    text,
    `and the key ${id} is good for ${overlap === '1' ? 'one hour' : `${overlap} hours`} more at most`,
  );
}

function show(text: string, more: string): void {
  process.stdout.write(`${text}\n`);
  process.stderr.write(
    `This key is shown only now: keep it where secrets are kept. Its id is ${parseKey(text)?.id}, ${more}.\n`,
  );
}

/** `keys list`: every key with its state, as a table. */
export async function tellKeys(config: Config): Promise<void> {
  const keys = await withDatabase(config, ({ pool }) => listKeys(pool));
  process.stdout.write(
    keys.length === 0
      ? 'There are no keys; "keys create" makes one.\n'
      : tableOf(keys),
  );
}

/**
 * `keys revoke`: ends the key with this id; the whole key will do as well.
 * @throws StartError when there is none
 */
export async function endKey(config: Config, given: string): Promise<void> {
  const id = idOf(given);
  const found = await withDatabase(config, (database) =>
    revokeKey(database, id),
  );
  if (!found)
    throw new StartError(
      `There is no key with the id "${String(shortened(id))}"; "keys list" shows all.`,
    );
  process.stdout.write(`The key ${id} is revoked.\n`);
}

/** The id of a key; the whole key will do as well. */
function idOf(given: string): string {
  return parseKey(given)?.id ?? given;
}

function newKey(flags: KeyFlags): NewKey {
  const name = flags.name.trim().normalize('NFC');
  const fault = keyNameFault(name);
  if (fault !== null) throw new StartError(`--name ${fault}.`);
  const scope = scopes.find((one) => one === flags.scope);
  if (scope === undefined)
    throw new StartError(
      `--scope is "${String(shortened(flags.scope))}"; it must be ${scopes.join(' or ')}.`,
    );
  return { name, scope, expires: expiry(flags.expires) };
}

function expiry(text: string | undefined): string | null {
  if (text === undefined) return null;
  const fault = (why: string) =>
    new StartError(`--expires is "${String(shortened(text))}": ${why}`);
  try {
    const expires = keyExpiry(text);
    if (Date.parse(expires) <= Date.now())
      throw fault('that is past already, the key would never work.');
    return expires;
  } catch (error) {
    if (error instanceof DateFault) throw fault(error.message);
    throw error;
  }
}

function tableOf(keys: readonly ListedKey[]): string {
  const rows = [
    ['id', 'name', 'scope', 'created', 'expires', 'last used', 'state'],
    ...keys.map((key) => [
      key.id,
      key.name,
      key.scope,
      key.created,
      key.expires ?? 'never',
      key.lastUsed ?? 'never',
      key.state,
    ]),
  ];
  const widths = rows[0]?.map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows
    .map((row) => {
      const cells = row.map((cell, column) =>
        cell.padEnd(widths?.[column] ?? 0),
      );
      return `${cells.join('  ').trimEnd()}\n`;
    })
    .join('');
}

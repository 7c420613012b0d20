// The limit of an insert: the bare rows that the service leaves behind for an event, in one transaction, from pgbench. The
// service's own statements cannot be sent again, as ids and keys are new each time.
import { literal, writeScripts } from './pgbench.mjs';

const PREFIX = 'measured-';

/**
 * Scripts that insert the rows of events like these (ids of what the service has inserted), each under an id of its own.
 * Checks, the order of commits and answers are left out: it is as little as can be written. The rows stay: only the
 * service knows how to take an event out.
 */
export async function insertScripts(client, folder, ids) {
  const tables = await tablesOfEvents(client);
  const scripts = [];
  for (const id of ids) {
    const { rows } = await client.query(
      'select key::text from event_version where id = $1 and superseded_at is null',
      [id],
    );
    const key = rows[0].key;
    const inserts = [];
    for (const table of tables)
      inserts.push(...(await insertsInto(client, table, id, key)));
    scripts.push({
      text: `begin;\nselect nextval('version_key') as key \\gset\n${inserts.join('\n')}\ncommit;\n`,
      weight: 1,
    });
  }
  return writeScripts(folder, scripts, [], '');
}

/**
 * Tables with rows of events, those first that others refer to; `where` finds rows by the key of a version or the id of an event, in
 * a way that its indexes know.
 */
async function tablesOfEvents(client) {
  // What the database numbers by itself is left to it.
  const { rows } = await client.query(
    `select c.relname as name, 'event_key' = any(array_agg(a.attname)) as by_key,
       'superseded_at' = any(array_agg(a.attname)) as current,
       array_agg(a.attname::text order by a.attnum) filter (where given) as columns,
       array_agg(format_type(a.atttypid, a.atttypmod) order by a.attnum) filter (where given) as types
     from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
       left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum,
       lateral (select a.attgenerated = '' and a.attidentity = ''
         and coalesce(pg_get_expr(d.adbin, d.adrelid), '') not like '%(%' as given) g
     where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace
     group by c.relname having 'event_key' = any(array_agg(a.attname)) or c.relname in ('event_version', 'change')
     order by c.relname <> 'event_version', c.relname`,
  );
  return rows.map(({ by_key: byKey, current, ...table }) => ({
    ...table,
    where: (key, id) =>
      [
        byKey ? `event_key = ${key}` : `id = ${literal(id)}`,
        ...(current ? ['superseded_at is null'] : []),
        ...(table.name === 'change' ? [`record = 'event'`] : []),
      ].join(' and '),
  }));
}

async function insertsInto(client, { name, columns, types, where }, id, key) {
  const quoted = columns.map((column) => `"${column}"`);
  const { rows } = await client.query({
    text: `select ${quoted.map((column) => `${column}::text`).join(', ')} from ${name} where ${where(key, id)}`,
    rowMode: 'array',
  });
  if (rows.length === 0) return [];
  const newId = `(${literal(PREFIX)} || :key)`;
  const cell = (value, place) => {
    if (value === null) return 'null';
    const column = columns[place];
    if (
      (column === 'key' && name === 'event_version') ||
      column === 'event_key'
    )
      return ':key::bigint';
    const plain = literal(value);
    return value.includes(id)
      ? `replace(${plain}, ${literal(id)}, ${newId})::${types[place]}`
      : `${plain}::${types[place]}`;
  };
  const values = rows.map((row) => `(${row.map(cell).join(', ')})`);
  return [
    `insert into ${name} (${quoted.join(', ')}) values\n${values.join(',\n')};`,
  ];
}

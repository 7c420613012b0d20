// Runs a statement under EXPLAIN and reads from its plan what it cost.
import { escapeLiteral } from 'pg';

const TABLES = /^(event_version|event_actor|event_link)$/;

/**
 * The plan of a statement as text, what it read, and what is bad about it. A named statement is planned without regard to
 * its values.
 * @param mostSorted a sort of more rows than this is bad
 */
export async function explained(client, { name, text, values }, mostSorted) {
  const explain = async (format) => {
    const options = `analyze, buffers, costs off, timing off, summary off, format ${format}`;
    if (name === undefined)
      return client.query(`explain (${options}) ${text}`, values);
    await client.query('set plan_cache_mode = force_generic_plan');
    await client.query(`prepare explained as ${text}`);
    const given = values.map((value) => escapeLiteral(literal(value)));
    try {
      return await client.query(
        `explain (${options}) execute explained${given.length > 0 ? `(${given.join(', ')})` : ''}`,
      );
    } finally {
      await client.query('deallocate explained; reset plan_cache_mode');
    }
  };
  const {
    rows: [{ 'QUERY PLAN': json }],
  } = await explain('json');
  const { rows: lines } = await explain('text');
  const root = (typeof json === 'string' ? JSON.parse(json) : json)[0].Plan;
  const nodes = within(root);
  const sorted = Math.max(0, ...nodes.filter(isSort).map(rowsIn));
  return {
    plan: lines.map((line) => line['QUERY PLAN']).join('\n'),
    returned: Math.round(root['Actual Rows']),
    read: Math.round(
      nodes
        .filter((node) => TABLES.test(node['Relation Name'] ?? ''))
        .reduce((sum, node) => sum + rowsOf(node), 0),
    ),
    buffers: root['Shared Hit Blocks'] + root['Shared Read Blocks'],
    sorted: Math.round(sorted),
    faults: [
      ...nodes
        .filter(
          (node) =>
            node['Node Type'] === 'Seq Scan' &&
            TABLES.test(node['Relation Name']),
        )
        .map((node) => `scans all of ${node['Relation Name']}`),
      ...(sorted > mostSorted ? [`sorts ${Math.round(sorted)} rows`] : []),
    ],
  };
}

function within(node) {
  return [node, ...(node.Plans ?? []).flatMap(within)];
}

function isSort(node) {
  return node['Node Type'].includes('Sort');
}

/** All rows that a scan looked at, whether or not they passed its filter. */
function rowsOf(node) {
  const each =
    node['Actual Rows'] +
    (node['Rows Removed by Filter'] ?? 0) +
    (node['Rows Removed by Index Recheck'] ?? 0);
  return each * node['Actual Loops'];
}

function rowsIn(node) {
  return (node.Plans ?? []).reduce(
    (sum, one) => sum + one['Actual Rows'] * one['Actual Loops'],
    0,
  );
}

/** A parameter's value as PostgreSQL reads it. */
function literal(value) {
  if (!Array.isArray(value)) return String(value);
  return `{${value.map((one) => `"${String(one).replace(/["\\]/g, String.raw`\$&`)}"`).join(',')}}`;
}

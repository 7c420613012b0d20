import { type ActorKind } from '../domain/affiliation.ts';
import { keysOf } from '../domain/name-keys.ts';
import { type NameQuestion } from '../domain/name-question.ts';
import { type Sql, sql } from './sql.ts';

/** A word that this share of the actors has is only looked up beside another one. */
const COMMON = sql`0.005`;

/** A word of so many consonants tells something even with a letter changed. */
const LONG = sql`5`;

// How many actors are looked at: by one word; by a long one, or the only one, with a letter changed; by two words, of which one may have a
// letter changed or be an initial; by all words as written; as wholes (of each kind) of which a word is the name; as offices
// and titles within each. Beyond it a word alone tells nobody apart.
const BY_WORD = sql`200`;
const BY_NEAR_WORD = sql`60`;
const BY_TWO_WORDS = sql`100`;
const BY_ALL_WORDS = sql`100`;
const WHOLES = sql`3`;
const OFFICES = sql`50`;
const TITLED = sql`200`;

/**
 * Rows `{query, key, whole}` for what was found, and `{key, body}` for each actor among them once. The words of a name are
 * looked up one by one and two by two; those that share most words with it are kept.
 */
export function lookUp(questions: readonly NameQuestion[]): Sql {
  const words = questions.flatMap(({ words: all, kinds, limit }, query) => {
    const telling = all.some(({ small }) => !small)
      ? all.filter(({ small }) => !small)
      : all;
    return telling.slice(0, MOST_LOOKED_UP).map((one, word) => {
      const { written, exact, near } = keysOf(one);
      return {
        query,
        word,
        written,
        exact,
        near,
        literal: written[0] ?? near[0] ?? null,
        wholes: exact.map((key) => `+${key}`),
        // The more consonants agree, the more it tells.
        worth: exact[0]?.length ?? 1,
        alone: telling.length === 1,
        kinds: lookedAt(kinds),
        most: 20 + 2 * limit,
      };
    });
  });
  const someBy = (keys: Sql, weight: Sql, most: Sql, where: Sql) => sql`
    select a.query, a.word, v.key, v.length, ${weight} as weight from asked a cross join lateral (
      select key, length(names) from actor_version
      where superseded_at is null and name_keys && ${keys} and kind = any (a.kinds) limit ${most}) v
    where ${where}`;
  const pairBy = (one: Sql, other: Sql, off: Sql) => sql`
    select a.query, a.word as one, b.word as other, a.worth as one_worth, b.worth - ${off} as other_worth, v.key, v.length
    from asked a join asked b on b.query = a.query and b.word > a.word cross join lateral (
      select key, length(names) from actor_version
      where superseded_at is null and name_keys && ${one} and name_keys && ${other} and kind = any (a.kinds)
      limit ${BY_TWO_WORDS}) v`;
  const belonging = (kind: string, most: Sql) => sql`
    select b.query, v.key, b.key as whole from belonging b cross join lateral (
      select key from actor_version
      where superseded_at is null and name_keys && b.keys and kind = ${kind} limit ${most}) v
    where ${kind} = any (b.kinds)`;
  return sql`
    with common as materialized (
      select coalesce(array_agg(key), '{}') as keys
      from pg_stats cross join unnest(most_common_elems::text::text[], most_common_elem_freqs) s (key, frequency)
      where schemaname = current_schema() and tablename = 'actor_version' and attname = 'name_keys'
        and key is not null and frequency > ${COMMON}
    ), given as (
      select * from json_to_recordset(${JSON.stringify(words)}::json)
        a (query int, word int, written text[], exact text[], near text[], literal text, wholes text[], worth int, alone boolean, kinds text[], most int)
    ), asked as materialized (
      select given.*, case when alone then exact
          else array(select k from unnest(exact) k where k <> all (common.keys)) end as telling
      from given cross join common
    ), letters as (
      select query, array_agg(literal) as keys from asked group by query
    ), pairs as (
      ${pairBy(sql`a.exact`, sql`b.exact`, sql`0`)}
      union all ${pairBy(sql`a.exact`, sql`b.near`, sql`1`)}
      union all ${pairBy(sql`a.near`, sql`b.exact`, sql`1`)}
    ), met as (
      ${someBy(sql`a.telling`, sql`a.worth`, BY_WORD, sql`true`)}
      union all ${someBy(sql`a.written`, sql`a.worth + 1`, BY_WORD, sql`a.alone`)}
      union all ${someBy(sql`a.near`, sql`a.worth - 1`, BY_NEAR_WORD, sql`a.alone or a.worth >= ${LONG}`)}
      union all select query, one, key, length, one_worth from pairs
      union all select query, other, key, length, other_worth from pairs
      union all
      select a.query, a.word, v.key, v.length, a.worth + 1 from letters l join asked a on a.query = l.query cross join lateral (
        select key, length(names) from actor_version
        where superseded_at is null and name_keys @> l.keys and kind = any (a.kinds) limit ${BY_ALL_WORDS}) v
    ), weighed as (
      select query, key, min(length) as length, sum(weight) as weight
      from (select query, word, key, min(length) as length, max(weight) as weight from met group by query, word, key) words
      group by query, key
    ), best as (
      select query, key from (
        select w.query, key, most, row_number() over (partition by w.query order by weight desc, length, key) as place
        from weighed w join asked a on a.query = w.query and a.word = 0
      ) placed where place <= most
    ), wholes as (
      select query, kinds, key, id from (
        select a.query, a.kinds, v.key, v.id,
          row_number() over (partition by a.query, v.kind order by count(*) desc, min(v.length), v.key) as place
        from asked a cross join lateral (
          select key, id, kind, length(names) from actor_version
          where superseded_at is null and name_keys && a.wholes limit ${BY_WORD}) v
        where not a.alone group by a.query, a.kinds, v.key, v.id, v.kind
      ) placed where place <= ${WHOLES}
    ), belonging as (
      select w.query, w.kinds, w.key, array_agg('@' || (w.id collate "default") || ':' || k) as keys
      from wholes w join asked a on a.query = w.query cross join unnest(a.exact) k group by w.query, w.kinds, w.key
    ), parts as (
      ${belonging('office', OFFICES)} union all ${belonging('person', TITLED)}
    ), findings as (
      select query, key, null::bigint as whole from best union all select query, key, whole from parts
    )
    select query, key, whole, null as body from findings
    union all
    select null, f.key, null, v.body from (select key from findings union select whole from findings) f
    cross join lateral (select body from actor_version where key = f.key offset 0) v`;
}

/** More words of one name are not looked up: these already tell who may be meant. */
const MOST_LOOKED_UP = 6;

/** Who held an office is found through the office. */
function lookedAt(kinds: readonly ActorKind[]): ActorKind[] {
  return kinds.includes('person') && !kinds.includes('office')
    ? [...kinds, 'office']
    : [...kinds];
}

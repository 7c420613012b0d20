// The right answers, by SQL over the peers' plain form; and what each question needs to know to be put to a peer.

const NEWEST = 'order by e.starts_at desc, e.id desc limit 50';
const involved = (number) =>
  `exists (select from plain.involvement i where i.event_id = e.id and i.actor_id = $${number})`;

/**
 * Puts to each question what peers ask with: the numbers of actors and events (`actorId`, `id`, …), instants, and where
 * a deep page begins.
 */
export async function completed(client, questions, depth) {
  const { rows } = await client.query('select key, id::int from plain.actor');
  const actorIds = new Map(rows.map(({ key, id }) => [key, id]));
  const last = await client.query(
    `select count(*)::int as events from plain.event where starts_at >= '2000-01-01Z' or starts_at < '1000-01-01Z'`,
  );
  const [{ events }] = last.rows;
  const complete = async (question) => {
    switch (question.ask) {
      case 'deep': {
        // Numbers follow the order of time, so the page after the newest n begins below the nth from the end.
        const before = events - depth - 50 * question.page + 1;
        const found = await client.query(
          `select to_char(starts_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as at from plain.event where id = $1`,
          [before],
        );
        return { ...question, depth, before, at: found.rows[0].at };
      }
      case 'actor':
        return {
          ...question,
          actorId: actorIds.get(question.actor),
          from: startOf(question.year),
          to: startOf(question.year + 1),
        };
      case 'dyad':
        return {
          ...question,
          aId: actorIds.get(question.a),
          bId: actorIds.get(question.b),
        };
      case 'words':
        return { ...question, actorId: actorIds.get(question.actor) ?? null };
      case 'histogram':
        return {
          ...question,
          actorId: actorIds.get(question.actor),
          fromAt: startOf(question.from),
          toAt: startOf(question.from + question.years),
        };
      case 'one': {
        const found = await client.query(
          'select id::int from plain.event where key = $1',
          [question.key],
        );
        return { ...question, id: found.rows[0].id };
      }
      case 'insert':
        return {
          ...question,
          participants: question.participants.map((one) => ({
            ...one,
            actorId: actorIds.get(one.actor),
          })),
        };
      default:
        return question;
    }
  };
  const done = [];
  for (const question of questions) done.push(await complete(question));
  return done;
}

/**
 * The right answer: keys of events in order for a page, `{key, title, participants, sources}` for one event, and
 * months with their counts for a histogram.
 * @param vague whether events whose month is not certain are left out, as we count them apart; peers place each by its
 *   first instant
 */
export async function rightAnswer(client, question, vague) {
  const keys = async (where, values, end = NEWEST) => {
    const { rows } = await client.query(
      `select e.key from plain.event e where ${where} ${end}`,
      values,
    );
    return rows.map(({ key }) => key);
  };
  switch (question.ask) {
    case 'newest':
      return keys('true', []);
    case 'deep':
      return keys('(e.starts_at, e.id) < ($1, $2)', [
        question.at,
        question.before,
      ]);
    case 'actor':
      return keys(`${involved(1)} and e.starts_at < $2 and e.ends_at > $3`, [
        question.actorId,
        question.to,
        question.from,
      ]);
    case 'dyad':
      return keys(
        `${involved(1)} and ${involved(2)}`,
        [question.aId, question.bId],
        'order by e.starts_at, e.id limit 50',
      );
    case 'words': {
      const found = `e.search @@ websearch_to_tsquery('english', $1)`;
      return question.actor === undefined
        ? keys(found, [question.word])
        : keys(`${found} and ${involved(2)}`, [
            question.word,
            question.actorId,
          ]);
    }
    case 'histogram':
      return histogram(client, question, vague);
    case 'one':
      return oneEvent(client, question.id);
    default:
      throw new Error(`no answer is known to ${question.ask}`);
  }
}

async function histogram(client, { actorId, fromAt, toAt }, vague) {
  const month = `to_char(e.starts_at at time zone 'UTC', 'YYYY-MM')`;
  const { rows } = await client.query(
    vague
      ? `select ${month} as month, count(*)::int as n
         from plain.involvement i join plain.event e on e.id = i.event_id join event_version v on v.id = e.key and v.superseded_at is null
         where i.actor_id = $1 and e.starts_at < $3 and e.ends_at > $2
           and to_char(v.begin_latest at time zone 'UTC', 'YYYY-MM') = ${month} group by 1 order by 1`
      : 'select month, n from plain.actor_histogram($1, $2, $3)',
    [actorId, fromAt, toAt],
  );
  return rows.map(({ month, n }) => [month, n]);
}

/** One event as it stands in the plain form. */
export async function oneEvent(client, id) {
  const { rows } = await client.query(
    `select e.key, e.title,
       array(select a.key || ':' || p.role from plain.participation p join plain.actor a on a.id = p.actor_id where p.event_id = e.id order by 1) as participants,
       array(select s.url from plain.source s where s.event_id = e.id order by 1) as sources
     from plain.event e where e.id = $1`,
    [id],
  );
  return rows[0];
}

function startOf(year) {
  return `${year}-01-01T00:00:00Z`;
}

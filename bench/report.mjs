// Makes docs/plans.md of what was found.

/** The questions whose plans are shown whole. */
const SHOWN = [
  'timeline, half-way down',
  'popular actor',
  'popular actor, half-way down',
  'popular actor in a year, asc',
  'popular actor in a year, desc',
  'organization through members',
  'dyad, popular with popular, half-way down',
  'dyad, popular with rare',
  'rare type',
  'middling type',
  'middling word',
  'popular actor, middling word',
  'any of fifty states with any of fifty others, in a year',
  'popular actor, common word',
  'histogram, popular actor, ten years by month',
  'histogram, popular actor and common word, ten years by month',
  'ledger, popular with popular',
];

/** The page, and the questions whose plan is bad. */
export function report(asked, { events, machine }) {
  const byName = new Map(asked.map((question) => [question.name, question]));
  const rows = asked.map((question) => {
    const like = byName.get(question.like);
    return {
      ...question,
      time: median(
        question.times.map((time, round) => time / like.times[round]),
      ),
      pages: question.buffers / like.buffers,
    };
  });
  const bad = rows
    .filter(({ faults }) => faults.length > 0)
    .map(({ name, faults }) => `${name} ${faults.join(', ')}`);
  const table = rows.map(
    ({
      name,
      like,
      planned,
      returned,
      read,
      sorted,
      buffers,
      pages,
      time,
      faults,
    }) =>
      `| ${[
        name,
        planned,
        returned,
        read,
        sorted || '–',
        buffers,
        name === like ? '1' : `${ratio(pages)} × ${like}`,
        name === like ? '1' : ratio(time),
        faults.length === 0 ? 'good' : faults.join(', '),
      ].join(' | ')} |`,
  );
  const shown = rows
    .filter(({ name }) => SHOWN.includes(name))
    .map(
      ({ name, plan }) =>
        `<details><summary>${name}</summary>\n\n\`\`\`text\n${plan}\n\`\`\`\n\n</details>`,
    );
  const page = `# Plans

Written by \`npm run bench -- --events ${events} --out docs/plans.md\`: ${events.toLocaleString('en')} made-up events
(\`bench/generate.mjs\`), put in through the service's own import, then asked with the very statements that the service
sends, 50 events a page. Measured on ${machine}.
Ratios carry to other machines, times do not, so there are none here.

What the columns say:

- **planned**: once per connection (a named prepared statement), or each time for its values. The plan shown of a named
  statement is the one made without knowing the values; that PostgreSQL came to use it by itself was seen too.
- **read**: index and table rows looked at, whether or not they were wanted; each event of an actor's page counts twice,
  once as a row of \`event_actor\` and once as the event.
- **sorted**: the most rows that went into a sort. Lists come in order from their index, but for those that are walked by
  stretches of time (\`storage/walks\`: words, terms, groups of many actors): what a stretch has brought is fetched at once and sorted.
- **blocks**: 8 kB blocks of the cache visited, and how many that is beside the page named; **time**: the median of the
  ratios to the same page, both asked in the same round. Others used the machine meanwhile: blocks are exact, times rough.
- **plan**: good if no table of events is scanned whole and no more than 153 rows are sorted, or 1 % of all events where
  the list is walked. It says nothing of how much is read: for that see the columns before.

Before the walks learned (stretches each four times the last, words with actors planned anew each time) and after, at 1,000,000
events, blocks visited and PostgreSQL's CPU for a page (median over the questions of \`npm run bench:load\`, other work on the machine):

| workload                                         | blocks before | now  | CPU beside before |
| ------------------------------------------------ | ------------- | ---- | ----------------- |
| a popular and a rare actor (W4s)                 | 1250          | 783  | 0.7               |
| a word of 0.1–0.5 % of events (W5m)              | 598           | 394  | 0.6               |
| a word of 5–15 % (W5c)                           | 331           | 234  | 1.0               |
| the rarer word and a popular actor (W5ma)        | 6883          | 2039 | 0.3               |
| the common word and a popular actor (W5ca)       | 1955          | 1524 | 1.1–1.2           |

The same searches beside what single writes have left in the list beside their index, before a server filed it ("New words are filed",
[decisions](decisions.md)), at 400,000 events: PostgreSQL's CPU for a page in ms, planned once.

| workload | nothing listed | 1,500 events (0.8 MB) | 2.8 MB |
| -------- | -------------- | --------------------- | ------ |
| W5m      | 1.2            | 5.0                   | 9.6    |
| W5c      | 0.9            | 2.2                   | 4.5    |
| W5ma     | 9.0            | 12                    | 21     |
| W5ca     | 3.7            | 5.6                   | 11     |

Tried there and lost (nothing gained beyond the noise of 5 %): other first stretches, growths and reserves, stretches that end with a
month, other prices of looking up and fetching, looking for a rare actor's events in one array, in the other actor's order, or under a
plan of one arm instead of three (W4s).

What remains dear, and why:

- A word with an actor: no index knows both. Of the events with the word (or of the actor, whichever is rarer) about as many are
  fetched as it takes to find a page of both: fifty times one in so many as the other has.
- What is rare but not very rare: up to half of all the events with it are fetched at once, once it is known how few they are.
- A phrase of common words: the index knows which events have all the words, but each of these is read to see whether they stand
  in a row.
- Two actors, one of whom is rare beside the other: each event of the rarer one is looked for among the other's, 3.6 µs each. A third actor: the
  merge passes over the index entries of the more frequent ones.
- Groups of many actors who seldom meet: the events of the rarest group are all looked at.
- Counts that no sums tell read all that they count: the rows of the actor's index, or the events that the two have in common
  for a ledger. They answer in one row.

| question | planned | returned | read | sorted | blocks | blocks compared | time | plan |
| --- | --- | --: | --: | --: | --: | --- | --: | --- |
${table.join('\n')}

## Plans

${shown.join('\n\n')}
`;
  return { page, bad };
}

function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

function ratio(number) {
  return number.toFixed(number < 10 ? 1 : 0);
}

import { whenInWords } from './dates.ts';
import { useExplorer } from './explorer.ts';
import { namesOf, speaksFor, useClimbed } from './records.ts';
import type { Actor, Event } from './shapes.ts';
import { Told } from './told.tsx';
import type { Words } from './words.ts';

type Account = Event['accounts'][number];

const SIGNS: Record<Account['stance'], string> = {
  asserts: '●',
  confirms: '✓',
  disputes: '≠',
  denies: '✕',
  'declines-to-comment': '—',
  'no-comment-found': '…',
};

/** Who tells the event, and how; sides that took part and of whom nothing is recorded stand there with their silence. */
export function Accounts({ event }: { event: Event }) {
  const { words } = useExplorer();
  const { accounts } = event;
  const parties = [...new Set(accounts.map(({ party }) => party))];
  const sides = sidesOf(event);
  const { answer: actors } = useClimbed([...parties, ...sides]);
  // Silence is only told once it is known who speaks for whom.
  const silent = actors
    ? sides.filter(
        (side) => !parties.some((one) => speaksFor(one, side, actors)),
      )
    : [];
  return (
    <section>
      <h3>{words.say('accounts')}</h3>
      {accounts.length === 0 && <p>{words.say('accounts.none')}</p>}
      {accounts.length + silent.length > 0 && (
        <table class="accounts">
          <thead>
            <tr>
              <th scope="col">{words.say('accounts.party')}</th>
              <th scope="col">{words.say('accounts.text')}</th>
              <th scope="col">{words.say('accounts.source')}</th>
            </tr>
          </thead>
          {parties.map((party) => (
            <tbody key={party}>
              {accounts
                .filter((one) => one.party === party)
                .map((account, at, all) => (
                  <tr key={at} class={account.stance}>
                    {at === 0 && (
                      <th scope="rowgroup" rowSpan={all.length}>
                        <Named id={party} actors={actors} />
                      </th>
                    )}
                    <td>
                      <span class="stance">
                        <span aria-hidden="true">{SIGNS[account.stance]}</span>{' '}
                        {words.say(`stance.${account.stance}`)}
                      </span>{' '}
                      {account.text && <Told map={account.text} />}
                    </td>
                    <td>
                      <Origin account={account} words={words} />
                    </td>
                  </tr>
                ))}
            </tbody>
          ))}
          {silent.map((side) => (
            <tbody key={side}>
              <tr class="silent">
                <th scope="rowgroup">
                  <Named id={side} actors={actors} />
                </th>
                <td colSpan={2}>
                  <span class="stance">
                    <span aria-hidden="true">…</span>{' '}
                    {words.say('accounts.silence')}
                  </span>
                </td>
              </tr>
            </tbody>
          ))}
        </table>
      )}
    </section>
  );
}

/** The sides that take part: for whom somebody acts, else who acts. */
function sidesOf({ participants }: Event): string[] {
  const taking = participants.filter(
    ({ role }) => role !== 'subject' && role !== 'framework',
  );
  return [
    ...new Set(taking.map(({ onBehalfOf, actor }) => onBehalfOf ?? actor)),
  ];
}

function Named({
  id,
  actors,
}: {
  id: string;
  actors: ReadonlyMap<string, Actor> | null;
}) {
  const actor = actors?.get(id);
  return actor ? <Told map={namesOf(actor)} /> : <bdi>{id}</bdi>;
}

function Origin({ account, words }: { account: Account; words: Words }) {
  return (
    <>
      {account.date !== null && <time>{whenInWords(account.date, words)}</time>}{' '}
      {account.source !== null && (
        <a
          href={`#source-${account.source + 1}`}
          onClick={(click) => {
            // The address holds the page's state: only the eye moves.
            click.preventDefault();
            const source = document.getElementById(
              `source-${(account.source ?? 0) + 1}`,
            );
            source?.scrollIntoView();
            source?.focus();
          }}
        >
          [{account.source + 1}]
        </a>
      )}
    </>
  );
}

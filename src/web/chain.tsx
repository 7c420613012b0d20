import { api } from './api.ts';
import { whenInWords } from './dates.ts';
import { useAsked, useExplorer } from './explorer.ts';
import { useAsOf } from './records.ts';
import type { Thread } from './shapes.ts';
import { EventLink, Told } from './told.tsx';
import type { Words } from './words.ts';

type Node = Thread['nodes'][number];
type Edge = Thread['edges'][number];

/** The chain around an event, in time: what answers what, and how many days later. Its events can be opened. */
export function Chain({ id }: { id: string }) {
  const { words } = useExplorer();
  const query = useAsOf();
  const { answer } = useAsked(`${id} ${query}`, (signal) =>
    api.thread(id, signal, query),
  );
  return (
    <section>
      <h3>{words.say('chain')}</h3>
      {answer === null && <p>{words.say('loading')}</p>}
      {answer?.nodes.length === 1 && <p>{words.say('chain.none')}</p>}
      {answer && answer.nodes.length > 1 && (
        <ol class="chain">
          {answer.nodes.map((node) => (
            <Link
              key={`${node.record} ${node.id}`}
              node={node}
              thread={answer}
            />
          ))}
        </ol>
      )}
      {answer && answer.truncated !== null && <p>{words.say('chain.more')}</p>}
    </section>
  );
}

function Link({ node, thread }: { node: Node; thread: Thread }) {
  const { words } = useExplorer();
  const edges = thread.edges.filter(
    ({ from, fromRecord }) => from === node.id && fromRecord === node.record,
  );
  const title = <Told map={node.title} />;
  return (
    <li class={node.depth === 0 ? 'here' : node.record}>
      {node.date !== null && <time>{whenInWords(node.date, words)}</time>}{' '}
      {node.depth === 0 || node.record === 'document' ? (
        title
      ) : (
        <EventLink id={node.id}>{title}</EventLink>
      )}{' '}
      {node.depth === 0 && <em>({words.say('chain.here')})</em>}
      {node.kind && <span>({words.say(`kind.${node.kind}`)})</span>}
      {edges.length > 0 && (
        <ul>
          {edges.map((edge) => (
            <li key={`${edge.relation} ${edge.toRecord} ${edge.to}`}>
              {words.say(`relation.${edge.relation}`)}
              {': '}
              <Told map={titleOf(edge, thread)} />
              {later(edge, words)}
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}

function titleOf(
  { to, toRecord }: Edge,
  { nodes }: Thread,
): Node['title'] | null {
  return (
    nodes.find(({ id, record }) => id === to && record === toRecord)?.title ??
    null
  );
}

/** How much later a reply came; only of what answers is that a question. */
function later({ relation, days: { min, max } }: Edge, words: Words): string {
  if (relation !== 'in-reply-to' && relation !== 'responds-to') return '';
  if (min === null || max === null) return '';
  if (min !== max) return `, ${words.say('chain.between', { min, max })}`;
  return `, ${min === 0 ? words.say('chain.sameDay') : words.say('chain.days', { n: min })}`;
}

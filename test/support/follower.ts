/** A change as a follower is told of it. */
export interface ToldChange {
  record: string;
  id: string;
  revision: number;
  change: string;
  by: string | null;
  reason: string | null;
}

/** Something a stream of changes said: a change with its place, a comment, or that the server ends it. */
export type Message =
  { id: string; change: ToldChange } | { comment: string } | { end: string };

/** A stream of changes that is being read (text/event-stream). */
export interface Following {
  status: number;
  messages: AsyncGenerator<Message, void>;
  /** Breaks the connection, as a client does that dies. */
  abort(): void;
}

/** Follows the changes at an address, from behind the last event that was received. */
export async function follow(
  address: string,
  lastId: string | null = null,
  query = '',
): Promise<Following> {
  const connection = new AbortController();
  const answer = await fetch(`${address}/v1/changes${query}`, {
    headers: {
      accept: 'text/event-stream',
      ...(lastId === null ? {} : { 'last-event-id': lastId }),
    },
    signal: connection.signal,
  });
  return {
    status: answer.status,
    messages: messagesOf(answer),
    abort: () => connection.abort(),
  };
}

async function* messagesOf({ body }: Response): AsyncGenerator<Message, void> {
  if (body === null) return;
  const decoder = new TextDecoder();
  let text = '';
  try {
    for await (const chunk of body) {
      text += decoder.decode(chunk, { stream: true });
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) {
        const comment = /^: (.*)$/.exec(block)?.[1];
        if (comment !== undefined) yield { comment };
        const end = /^event: end\ndata: (.*)$/.exec(block)?.[1];
        if (end !== undefined) yield { end };
        const [, id = '', data] =
          /^id: (.*)\nevent: change\ndata: (.*)$/.exec(block) ?? [];
        if (data !== undefined)
          yield { id, change: JSON.parse(data) as ToldChange };
      }
    }
  } catch {
    // The connection broke.
  }
}

/** The next so many changes of a stream. */
export async function take(
  { messages }: Following,
  count: number,
): Promise<{ id: string; change: ToldChange }[]> {
  const taken: { id: string; change: ToldChange }[] = [];
  while (taken.length < count) {
    const { value, done } = await messages.next();
    if (done === true) throw new Error('the stream ended');
    if ('change' in value) taken.push(value);
  }
  return taken;
}

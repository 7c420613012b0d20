import { api, Refusal } from './api.ts';
import { type Asked, useAsked, useExplorer } from './explorer.ts';
import { valuesOf } from './address.ts';
import type { Actor } from './shapes.ts';

type Ask<Kind> = (
  id: string,
  signal: AbortSignal | null,
  query: string,
) => Promise<Kind>;

/** `asOf=…` where the page looks at an earlier state of the record, else nothing. */
export function useAsOf(): string {
  const [instant] = valuesOf(useExplorer().address, 'asOf');
  return instant === undefined ? '' : `asOf=${encodeURIComponent(instant)}`;
}

/** Several records by id; one that is gone is left out. */
export function useRecords<Kind extends { id: string }>(
  ids: readonly string[],
  ask: Ask<Kind>,
): Asked<ReadonlyMap<string, Kind>> {
  const query = useAsOf();
  return useAsked(`${ids.join(' ')} ${query}`, (signal) =>
    found(ids, ask, signal, query),
  );
}

/** Actors by id, with all to whom they climb: those who can speak for whom. */
export function useClimbed(
  ids: readonly string[],
): Asked<ReadonlyMap<string, Actor>> {
  const query = useAsOf();
  return useAsked(`${ids.join(' ')} ${query}`, async (signal) => {
    const all = new Map<string, Actor>();
    for (let next = [...new Set(ids)]; next.length > 0;) {
      for (const [id, actor] of await found(next, api.actor, signal, query))
        all.set(id, actor);
      next = next
        .flatMap((id) => climbsFrom(all.get(id)))
        .filter((id, at, every) => !all.has(id) && every.indexOf(id) === at);
    }
    return all;
  });
}

/** Whether one of these actors is this one or climbs to it, at whatever time. */
export function speaksFor(
  party: string,
  side: string,
  actors: ReadonlyMap<string, Actor>,
): boolean {
  const seen = new Set<string>();
  for (let next = [party]; next.length > 0;) {
    if (next.includes(side)) return true;
    for (const id of next) seen.add(id);
    next = next
      .flatMap((id) => climbsFrom(actors.get(id)))
      .filter((id) => !seen.has(id));
  }
  return false;
}

function climbsFrom(actor: Actor | undefined): string[] {
  return (actor?.affiliations ?? [])
    .filter(({ relation }) =>
      ['holds', 'represents', 'part-of'].includes(relation),
    )
    .map(({ to }) => to);
}

async function found<Kind extends { id: string }>(
  ids: readonly string[],
  ask: Ask<Kind>,
  signal: AbortSignal,
  query: string,
): Promise<Map<string, Kind>> {
  const records = await Promise.all(
    ids.map((id) =>
      ask(id, signal, query).catch((error: unknown) => {
        if (error instanceof Refusal && [404, 410].includes(error.status))
          return null;
        throw error;
      }),
    ),
  );
  return new Map(
    records.flatMap((one, at) =>
      one === null ? [] : [[ids[at] ?? one.id, one]],
    ),
  );
}

/** The name of an actor in each language: the first that is no alias. */
export function namesOf(actor: Actor): Record<string, string> {
  const names: Record<string, string> = {};
  for (const { lang, value, alias } of actor.names)
    if (!alias) names[lang] ??= value;
  return names;
}

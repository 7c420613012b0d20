import {
  ACTOR_KINDS,
  RELATIONS,
  type ActorKind,
  type Relation,
  standingSpans,
} from './affiliation.ts';
import { draftCheck, Faults, listOf } from './draft.ts';
import { type LanguageMap } from './language.ts';
import {
  date,
  id,
  language,
  languageMap,
  list,
  nullable,
  object,
  source,
  TAG_PATTERN,
  title,
} from './schemas.ts';
import { withArticle } from './text.ts';

/** Where something is told, as the draft has it; see the contract's source. */
export interface Source {
  url?: string | null;
  title?: string | null;
  publisher?: string | null;
  language?: string | null;
  publishedAt?: string | null;
  archivedUrl?: string | null;
  originGroup?: string | null;
}

/** One dated tie of an actor to another. `until: null` is "still so"; an absent `until` is "not known". */
export interface Affiliation {
  relation: Relation;
  to: string;
  from?: string | null;
  until?: string | null;
  title?: LanguageMap | null;
  sources?: Source[] | null;
}

/** An actor as people write it. */
export interface ActorDraft {
  record: 'actor';
  id: string;
  kind: ActorKind;
  names: { lang: string; value: string; alias?: boolean | null }[];
  identifiers?: Record<string, string> | null;
  affiliations?: Affiliation[] | null;
  description?: LanguageMap | null;
  born?: string | null;
  died?: string | null;
}

const affiliation = object(
  {
    relation: {
      type: 'string',
      enum: RELATIONS,
      description: 'How the actor is tied to the other',
    },
    to: id('The other actor'),
    from: nullable(date('Since when; absent or null is not known')),
    until: nullable(
      date(
        'Until when, that day included; null is still so, absent is not known',
      ),
    ),
    title: nullable(languageMap('The post as it is called', 500)),
    sources: list(source, 'Where it is told'),
  },
  ['relation', 'to'],
  'A dated tie to another actor',
);

/** JSON Schema of an actor's draft. */
export const actorSchema = object(
  {
    record: { const: 'actor', description: 'What kind of record this is' },
    id: id('Stable for ever'),
    kind: {
      type: 'string',
      enum: ACTOR_KINDS,
      description: 'What the actor is',
    },
    names: {
      type: 'array',
      minItems: 1,
      items: object(
        {
          lang: language('Language of the name'),
          value: title('The name'),
          alias: nullable({
            type: 'boolean',
            default: false,
            description: 'Another spelling or an old name: found, never shown',
          }),
        },
        ['lang', 'value'],
        'A name',
      ),
      description:
        'The first of a language that is not an alias is the name to show',
    },
    identifiers: nullable({
      type: 'object',
      default: {},
      propertyNames: { pattern: TAG_PATTERN },
      additionalProperties: title('The identifier in that scheme'),
      description: 'Scheme → identifier, such as wikidata → Q212',
    }),
    affiliations: list(affiliation, 'Ties to other actors'),
    description: nullable(languageMap('Who or what it is')),
    born: nullable(date('When the person was born, the body founded')),
    died: nullable(date('When the person died, the body was dissolved')),
  },
  ['record', 'id', 'kind', 'names'],
  'An actor',
);

const check = draftCheck<ActorDraft>(actorSchema);

/** Nobody could read an actor of this id: at its address names are matched. */
const RESERVED_ID = 'match';

/**
 * A value understood as an actor's draft.
 * @throws DomainError `invalid_record` or `untrue_record` naming every fault
 */
export function readActor(value: unknown): ActorDraft {
  const draft = check(value);
  const faults = new Faults();
  faults.date('/born', draft.born);
  faults.date('/died', draft.died);
  listOf(draft.affiliations).forEach((tie, index) => {
    faults.date(`/affiliations/${index}/from`, tie.from);
    faults.date(`/affiliations/${index}/until`, tie.until);
    listOf(tie.sources).forEach((one, at) =>
      faults.date(
        `/affiliations/${index}/sources/${at}/publishedAt`,
        one.publishedAt,
      ),
    );
  });
  faults.raise('invalid_record', 'A date of the actor cannot be read.');
  if (draft.id === RESERVED_ID)
    faults.add('/id', 'is taken: /v1/actors/match is where names are matched', {
      received: draft.id,
    });
  faults.raise('invalid_record', 'The actor cannot have this id.');
  if (draft.names.every((name) => name.alias === true))
    faults.add('/names', 'needs one name that is not an alias');
  listOf(draft.affiliations).forEach((tie, index) => {
    const pointer = `/affiliations/${index}`;
    const sources = RELATIONS_BETWEEN[tie.relation].from;
    if (!sources.includes(draft.kind))
      faults.add(
        `${pointer}/relation`,
        `${withArticle(draft.kind)} cannot have this relation`,
        { received: tie.relation, allowed: relationsOf(draft.kind) },
      );
    if (tie.to === draft.id)
      faults.add(`${pointer}/to`, 'is the actor itself', { received: tie.to });
    const { possible } = standingSpans(tie);
    if (possible.from >= possible.until)
      faults.add(`${pointer}/until`, 'is before `from`', {
        received: tie.until,
      });
  });
  faults.raise('untrue_record', 'The actor is well formed but cannot be true.');
  return draft;
}

/** Which kinds a relation joins (contract §1): from what, to what. */
export const RELATIONS_BETWEEN: Record<
  Relation,
  { from: readonly ActorKind[]; to: readonly ActorKind[] }
> = {
  holds: { from: ['person'], to: ['office'] },
  represents: {
    from: ['person'],
    to: ['institution', 'state', 'organization'],
  },
  'part-of': {
    from: ['office', 'institution', 'group'],
    to: ['institution', 'state', 'organization'],
  },
  'member-of': {
    from: ['state', 'organization', 'group'],
    to: ['organization', 'format'],
  },
  'accredited-to': { from: ['office'], to: ['state', 'organization'] },
  succeeds: { from: ['state'], to: ['state'] },
};

function relationsOf(kind: ActorKind): Relation[] {
  return RELATIONS.filter((relation) =>
    RELATIONS_BETWEEN[relation].from.includes(kind),
  );
}

/** The name to show in each language: the first that is not an alias. */
export function namesToShow(names: ActorDraft['names']): LanguageMap {
  const map: LanguageMap = {};
  for (const { lang, value, alias } of names)
    // `toString` is as good a language tag as any.
    if (alias !== true && !Object.hasOwn(map, lang)) map[lang] = value;
  return map;
}

/** The actor as it is answered: every field, empty ones as null or `[]`, before what the record adds. */
export function completeActor(draft: ActorDraft): object {
  return {
    record: 'actor',
    id: draft.id,
    kind: draft.kind,
    names: draft.names.map(({ lang, value, alias }) => ({
      lang,
      value,
      alias: alias ?? false,
    })),
    identifiers: draft.identifiers ?? {},
    affiliations: listOf(draft.affiliations).map((tie) => ({
      relation: tie.relation,
      to: tie.to,
      from: tie.from ?? null,
      // Absent means "not known", which null would turn into "still so".
      ...(tie.until === undefined ? {} : { until: tie.until }),
      title: tie.title ?? null,
      sources: listOf(tie.sources).map(completeSource),
    })),
    description: draft.description ?? null,
    born: draft.born ?? null,
    died: draft.died ?? null,
  };
}

/** A source with all its fields. */
export function completeSource(source: Source): object {
  return {
    url: source.url ?? null,
    title: source.title ?? null,
    publisher: source.publisher ?? null,
    language: source.language ?? null,
    publishedAt: source.publishedAt ?? null,
    archivedUrl: source.archivedUrl ?? null,
    originGroup: source.originGroup ?? null,
  };
}

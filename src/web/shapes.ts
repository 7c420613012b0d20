// Made from openapi/openapi.json by `npm run openapi`; a test fails when it is stale.

export interface Actor {
  record: 'actor';
  id: string;
  kind: 'person' | 'office' | 'institution' | 'state' | 'organization' | 'format' | 'group';
  names: { lang: string; value: string; alias: boolean }[];
  identifiers: Record<string, string>;
  affiliations: {
    relation: 'holds' | 'represents' | 'part-of' | 'member-of' | 'accredited-to' | 'succeeds';
    to: string;
    from: string | null;
    until?: string | null;
    title: Record<string, string> | null;
    sources: { url: string | null; title: string | null; publisher: string | null; language: string | null; publishedAt: string | null; archivedUrl: string | null; originGroup: string | null }[];
  }[];
  description: Record<string, string> | null;
  born: string | null;
  died: string | null;
  revision: number;
  recordedAt: string;
  revisedAt: string;
}

export interface Candidates {
  data: {
    actor: { id: string; kind: 'person' | 'office' | 'institution' | 'state' | 'organization' | 'format' | 'group'; name: Record<string, string> };
    score: number;
    sure: boolean;
    reasons: string[];
  }[];
}

export interface Document {
  record: 'document';
  id: string;
  kind:
    | 'draft-treaty'
    | 'draft-agreement'
    | 'treaty'
    | 'agreement'
    | 'reply'
    | 'note'
    | 'letter'
    | 'memorandum'
    | 'protocol'
    | 'communique'
    | 'joint-statement'
    | 'readout'
    | 'credentials'
    | 'report'
    | 'other';
  title: Record<string, string>;
  date: string | null;
  summary: Record<string, string> | null;
  language: string | null;
  authors: string[];
  addressees: string[];
  inReplyTo: string[];
  partOf: string | null;
  availability: 'published' | 'undisclosed' | 'leaked' | 'unknown';
  sources: { url: string | null; title: string | null; publisher: string | null; language: string | null; publishedAt: string | null; archivedUrl: string | null; originGroup: string | null }[];
  revision: number;
  recordedAt: string;
  revisedAt: string;
}

export interface Dyad {
  total: number;
  byType: Record<string, number>;
  byChannel: Record<string, number>;
  byYear: Record<string, number>;
  imprecise: number;
  first: EventInShort | null;
  last: EventInShort | null;
  longestGap: { from: string; to: string; days: number } | null;
  silenceDays: number | null;
}

export interface Event {
  record: 'event';
  id: string;
  type: string;
  status: 'announced' | 'scheduled' | 'held' | 'postponed' | 'cancelled' | 'denied';
  channel: 'in-person' | 'phone' | 'video' | 'written' | 'broadcast' | 'online' | 'unknown';
  date: string;
  dateText: string | null;
  timeZone: string | null;
  sequence: number;
  title: Record<string, string>;
  summary: Record<string, string> | null;
  places: { name: Record<string, string> | null; country: string | null; coordinates: [number, number] | null }[];
  participants: {
    actor: string;
    role:
      | 'participant'
      | 'initiator'
      | 'host'
      | 'guest'
      | 'chair'
      | 'mediator'
      | 'observer'
      | 'speaker'
      | 'addressee'
      | 'author'
      | 'sender'
      | 'deliverer'
      | 'recipient'
      | 'signatory'
      | 'framework'
      | 'subject';
    as: Record<string, string> | null;
    onBehalfOf: string | null;
    inferred: boolean;
    name: Record<string, string>;
  }[];
  documents: { document: string; relation: 'handed-over' | 'issued' | 'published' | 'signed' | 'discussed' | 'cited' }[];
  accounts: {
    party: string;
    stance: 'asserts' | 'confirms' | 'disputes' | 'denies' | 'declines-to-comment' | 'no-comment-found';
    text: Record<string, string> | null;
    date: string | null;
    source: number | null;
  }[];
  links: { relation: 'part-of' | 'responds-to' | 'follows' | 'refers-to' | 'prepares' | 'cancels' | 'denies'; event: string; inferred: boolean }[];
  topics: string[];
  sources: { url: string | null; title: string | null; publisher: string | null; language: string | null; publishedAt: string | null; archivedUrl: string | null; originGroup: string | null }[];
  bounds: { begin: [string | null, string | null]; end: [string | null, string | null]; precision: 'second' | 'day' | 'month' | 'season' | 'year' | 'decade' };
  corroboration: 'denied' | 'contested' | 'confirmed' | 'one-sided' | 'reported';
  revision: number;
  recordedAt: string;
  revisedAt: string;
  match?: {
    date: 'certain' | 'possible';
    actors: {
      filter: string;
      participant: string;
      role:
        | 'participant'
        | 'initiator'
        | 'host'
        | 'guest'
        | 'chair'
        | 'mediator'
        | 'observer'
        | 'speaker'
        | 'addressee'
        | 'author'
        | 'sender'
        | 'deliverer'
        | 'recipient'
        | 'signatory'
        | 'framework'
        | 'subject';
      path: string[];
      tenure: 'certain' | 'possible';
    }[];
  };
}

export interface EventInShort {
  record: 'event';
  id: string;
  date: string;
  title: Record<string, string>;
}

export interface EventPage {
  data: Event[];
  next: string | null;
  prev: string | null;
  count?: number;
  countMethod?: 'exact' | 'estimated';
  hints?: { parameter: string; received: string; count: number | null; more: boolean; nearest?: { id: string; name: Record<string, string> }[] }[];
}

export interface EventTypes {
  data: EventType[];
}

export interface EventType {
  code: string;
  parent: string | null;
  label: { en: string; uk: string };
  definition: { en: string; uk: string };
  cameo: { code: string; match: 'exact' | 'close' | 'broad' | 'narrow' | 'related' }[];
  plover: { code: string; match: 'exact' | 'close' | 'broad' | 'narrow' | 'related' }[];
}

export interface Facets {
  total: number;
  facets: Record<string, { value: string; label: Record<string, string> | null; count: number }[]>;
  rest: Record<string, { values: number; count: number }>;
}

export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  instance: string;
  reason?: string;
  successor?: string;
  errors?: { parameter?: string; pointer?: string; message: string; received?: unknown; allowed?: unknown[]; nearest?: string[] }[];
}

export interface RevisionPage {
  data: {
    revision: number;
    change: 'created' | 'revised' | 'removed' | 'merged';
    at: string;
    by: string | null;
    reason: string | null;
    successor: string | null;
    patch: { op: 'add' | 'remove' | 'replace'; path: string; value?: unknown }[];
  }[];
  next: string | null;
}

export interface Thread {
  depth: number;
  limit: number;
  truncated: 'depth' | 'limit' | null;
  nodes: {
    record: 'event' | 'document';
    id: string;
    depth: number;
    date: string | null;
    title: Record<string, string>;
    type?: string;
    status?: string;
    kind?:
      | 'draft-treaty'
      | 'draft-agreement'
      | 'treaty'
      | 'agreement'
      | 'reply'
      | 'note'
      | 'letter'
      | 'memorandum'
      | 'protocol'
      | 'communique'
      | 'joint-statement'
      | 'readout'
      | 'credentials'
      | 'report'
      | 'other';
  }[];
  edges: {
    from: string;
    fromRecord: 'event' | 'document';
    to: string;
    toRecord: 'event' | 'document';
    relation: 'in-reply-to' | 'part-of' | 'responds-to' | 'follows' | 'refers-to' | 'prepares' | 'cancels' | 'denies' | 'handed-over' | 'issued' | 'published' | 'signed' | 'discussed' | 'cited';
    inferred: boolean;
    days: { min: number | null; max: number | null };
  }[];
}

export interface Timeline {
  interval: 'day' | 'week' | 'month' | 'quarter' | 'year';
  tz: string;
  buckets: { start: string; end: string; total: number; groups?: Record<string, number>; rest?: number }[];
  imprecise: { total: number; groups?: Record<string, number>; rest?: number };
  total: number;
}

import { listOf } from '../domain/draft.ts';
import { type EventDraft } from '../domain/event.ts';
import { type LanguageMap } from '../domain/language.ts';
import { stemsOf } from '../domain/stems.ts';
import { type WordCondition, wordsIn } from '../domain/words.ts';
import { type Sql, sql } from './sql.ts';

// What a tsvector can hold: positions, positions of one lexeme, bytes in all.
const LAST_POSITION = 16_383;
const MOST_POSITIONS = 255;
const MOST_BYTES = 1_000_000;

/** Beyond these the memory of stems begins anew. */
const REMEMBERED = 20_000;
const REMEMBERED_LANGUAGES = 10;

/** As long as most names are, in characters. */
const SHORT = 60;

/**
 * The stems of an event's texts at their positions, as the text of a tsvector: titles, names and capacities of who takes
 * part, summaries, places, accounts, in all their languages. Two texts never make one phrase.
 *
 * It is made here and not by the database, whose text searches know no Ukrainian and differ from server to server. Of a
 * text longer than a tsvector may be, the begin is found; behind position 16,383, words but no phrases.
 * @param event complete, with the names of its participants
 */
export function eventWords(event: EventDraft): string {
  // Most words stand once: no list is made for their only position.
  const found = new Map<string, number | number[]>();
  let bytes = 0;
  let position = 0;
  for (const [language, text] of textsOf(event)) {
    for (const stems of stemsIn(text, language)) {
      position = Math.min(position + 1, LAST_POSITION);
      for (const stem of stems) {
        const before = found.get(stem);
        if (before === undefined) {
          bytes += Buffer.byteLength(stem) + 6;
          if (bytes > MOST_BYTES) return written(found);
          found.set(stem, position);
          continue;
        }
        const positions = typeof before === 'number' ? [before] : before;
        if (positions.length >= MOST_POSITIONS || positions.at(-1) === position)
          continue;
        bytes += 2;
        positions.push(position);
        if (positions !== before) found.set(stem, positions);
      }
    }
    position = Math.min(position + 1, LAST_POSITION);
  }
  return written(found);
}

function textsOf(event: EventDraft): [string, string][] {
  const texts: [string, string][] = [];
  const add = (map: LanguageMap | null | undefined) => {
    for (const language in map ?? {})
      texts.push([language, map?.[language] ?? '']);
  };
  const parts = listOf(event.participants);
  add(event.title);
  for (const { name } of parts) add(name);
  for (const part of parts) add(part.as);
  add(event.summary);
  for (const { name } of listOf(event.places)) add(name);
  for (const { text } of listOf(event.accounts)) add(text);
  return texts;
}

// A word has letters, marks and digits only: nothing in it could end the quotes.
function written(
  found: ReadonlyMap<string, number | readonly number[]>,
): string {
  let text = '';
  for (const [stem, positions] of found)
    text += `'${stem}':${typeof positions === 'number' ? positions : positions.join(',')} `;
  return text;
}

/** By language: the stems of each word, and those of each word of a short text. */
const remembered = new Map<
  string,
  {
    words: Map<string, readonly string[]>;
    texts: Map<string, readonly (readonly string[])[]>;
  }
>();

/**
 * The stems of each word of a text. Few words make up most texts, few names most participants, and an import meets them a
 * million times.
 */
function stemsIn(
  text: string,
  language: string,
): readonly (readonly string[])[] {
  let known = remembered.get(language);
  if (known === undefined) {
    if (remembered.size >= REMEMBERED_LANGUAGES) remembered.clear();
    known = { words: new Map(), texts: new Map() };
    remembered.set(language, known);
  }
  const { words, texts } = known;
  const short = text.length <= SHORT;
  const before = short ? texts.get(text) : undefined;
  if (before !== undefined) return before;
  const stems = wordsIn(text).map((word) => {
    let found = words.get(word);
    if (found === undefined) {
      if (words.size >= REMEMBERED) words.clear();
      words.set(word, (found = stemsOf(word, language)));
    }
    return found;
  });
  if (short) {
    if (texts.size >= REMEMBERED) texts.clear();
    texts.set(text, stems);
  }
  return stems;
}

/** Which versions of events have the words asked for, and none of those excluded. */
export function wordConditions(
  words: WordCondition | null,
  version: Sql,
): Sql[] {
  if (words === null) return [];
  const { each, none } = words;
  return [
    ...(each.length === 0
      ? []
      : [sql`${version}.words @@ ${each.map(phrase).join(' & ')}::tsquery`]),
    ...(none.length === 0
      ? []
      : [
          sql`not ${version}.words @@ ${none.map(phrase).join(' | ')}::tsquery`,
        ]),
  ];
}

/** Words in a row, each by any of its stems in any language. */
function phrase(words: readonly string[]): string {
  const each = words.map(
    (word) =>
      `(${stemsOf(word, null)
        .map((stem) => `'${stem}'`)
        .join(' | ')})`,
  );
  return `(${each.join(' <-> ')})`;
}

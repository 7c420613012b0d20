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

/** Beyond this the memory of stems begins anew. */
const REMEMBERED = 50_000;

/**
 * The stems of an event's texts at their positions, as the text of a tsvector: titles, names and capacities of who takes
 * part, summaries, places, accounts, in all their languages. Two texts never make one phrase.
 *
 * It is made here and not by the database, whose text searches know no Ukrainian and differ from server to server. Of a
 * text longer than a tsvector may be, the begin is found; behind position 16,383, words but no phrases.
 * @param event complete, with the names of its participants
 */
export function eventWords(event: EventDraft): string {
  const found = new Map<string, number[]>();
  let bytes = 0;
  let position = 0;
  for (const [language, text] of textsOf(event)) {
    for (const word of wordsIn(text)) {
      position = Math.min(position + 1, LAST_POSITION);
      for (const stem of rememberedStems(word, language)) {
        let positions = found.get(stem);
        if (positions === undefined) {
          bytes += Buffer.byteLength(stem) + 6;
          if (bytes > MOST_BYTES) return written(found);
          found.set(stem, (positions = []));
        }
        if (
          positions.length < MOST_POSITIONS &&
          positions.at(-1) !== position
        ) {
          bytes += 2;
          positions.push(position);
        }
      }
    }
    position = Math.min(position + 1, LAST_POSITION);
  }
  return written(found);
}

function textsOf(event: EventDraft): [string, string][] {
  const parts = listOf(event.participants);
  const maps: (LanguageMap | null | undefined)[] = [
    event.title,
    ...parts.map(({ name }) => name),
    ...parts.map((part) => part.as),
    event.summary,
    ...listOf(event.places).map(({ name }) => name),
    ...listOf(event.accounts).map(({ text }) => text),
  ];
  return maps.flatMap((map) => Object.entries(map ?? {}));
}

// A word has letters, marks and digits only: nothing in it could end the quotes.
function written(found: ReadonlyMap<string, readonly number[]>): string {
  return [...found]
    .map(([stem, positions]) => `'${stem}':${positions.join(',')}`)
    .join(' ');
}

const remembered = new Map<string, readonly string[]>();

/** The stems of a word. Few words make up most texts, and an import meets them a million times. */
function rememberedStems(word: string, language: string): readonly string[] {
  const key = `${language} ${word}`;
  let stems = remembered.get(key);
  if (stems === undefined) {
    if (remembered.size >= REMEMBERED) remembered.clear();
    remembered.set(key, (stems = stemsOf(word, language)));
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

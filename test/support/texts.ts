import * as fc from 'fast-check';
import { listOf } from '../../src/domain/draft.ts';
import { type EventDraft } from '../../src/domain/event.ts';

/**
 * Texts of few words in many forms, questions about them, and the rule of `q` (contract §4) in plain words. Which forms
 * are of one word is said here, not derived.
 */

const forms = [
  'угода угоди угод угодою',
  'перемовини перемовин перемовинами',
  'посол посла послом',
  'Київ Києва',
  'talk talks',
  'treaty treaties',
  'Macron Macrón MACRON',
].map((line) => line.split(' '));

const wordOf = new Map(
  forms.flatMap((line) =>
    line.map((form) => [form.toLowerCase(), line[0] ?? form] as const),
  ),
);

/** The words of a text, whatever their form. */
function wordsOf(text: string): string[] {
  return text
    .split(/[\s,–-]+/)
    .filter((form) => form !== '')
    .map((form) => wordOf.get(form.toLowerCase()) ?? form.toLowerCase());
}

const form = fc.constantFrom(...forms.flat());

/** A text in a language. */
export const someText = fc
  .tuple(
    fc.array(form, { minLength: 1, maxLength: 4 }),
    fc.constantFrom(' ', ' ', ', ', '-'),
    fc.constantFrom('uk', 'en'),
  )
  .map(([words, between, language]) => ({ [language]: words.join(between) }));

/** A question of words: a few of them, phrases or excluded or both. */
export const someWords = (names: readonly string[]): fc.Arbitrary<string> => {
  const one = fc.oneof(
    { weight: 6, arbitrary: form },
    { weight: 1, arbitrary: fc.constantFrom(...names) },
    {
      weight: 3,
      arbitrary: fc
        .array(form, { minLength: 2, maxLength: 3 })
        .map((words) => `"${words.join(' ')}"`),
    },
  );
  return fc
    .array(
      fc
        .tuple(fc.constantFrom('', '', '-'), one)
        .map((parts) => parts.join('')),
      { minLength: 1, maxLength: 2 },
    )
    .map((parts) => parts.join(' '));
};

/** Whether an event has the words asked for; `nameOf` tells the name that an actor was recorded with. */
export function meetsWords(
  event: EventDraft,
  question: string | undefined,
  nameOf: (actor: string) => string,
): boolean {
  if (question === undefined) return true;
  const texts = [
    event.title,
    event.summary,
    ...listOf(event.participants).map((part) => part.as),
    ...listOf(event.accounts).map((account) => account.text),
  ]
    .flatMap((map) => Object.values(map ?? {}))
    .concat(listOf(event.participants).map(({ actor }) => nameOf(actor)))
    .map((text) => ` ${wordsOf(text).join(' ')} `);
  const asked = question.match(/-?(?:"[^"]*"|\S+)/g) ?? [];
  return asked.every((part) => {
    const minus = part.startsWith('-');
    const sought = wordsOf(part.slice(minus ? 1 : 0).replaceAll('"', ''));
    const stands = texts.some((text) => text.includes(` ${sought.join(' ')} `));
    return stands !== minus;
  });
}

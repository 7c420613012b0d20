import { type Corroboration, type Stance } from '../domain/account.ts';
import { type Role, type Status } from '../domain/event.ts';
import { eventTypes } from '../domain/event-types.ts';

/** A word in the languages in which the service itself speaks. */
interface Word {
  en: string;
  uk: string;
}

/** Whether the service speaks Ukrainian to who asked for this language; to all others it speaks English. */
export function isUkrainian(lang: string | null): boolean {
  return /^uk(-|$)/i.test(lang ?? '');
}

/** The language in which the service itself speaks (BCP 47). */
export function spokenLanguage(lang: string | null): 'en' | 'uk' {
  return isUkrainian(lang) ? 'uk' : 'en';
}

/** A word of a table, in the language in which the service speaks. */
export function said(word: Word, lang: string | null): string {
  return word[spokenLanguage(lang)];
}

const typeLabels = new Map(eventTypes.map(({ code, label }) => [code, label]));

/** What a type of event is called; a code that is not known stands for itself. */
export function typeInWords(code: string, lang: string | null): string {
  const label = typeLabels.get(code);
  return label ? said(label, lang) : code;
}

// prettier-ignore
export const labels = {
  when: { en: 'When', uk: 'Коли' },
  status: { en: 'Status', uk: 'Стан' },
  type: { en: 'What', uk: 'Що' },
  where: { en: 'Where', uk: 'Де' },
  who: { en: 'Taking part', uk: 'Учасники' },
  subjects: { en: 'Spoken of', uk: 'Ідеться про' },
  accounts: { en: 'Who tells it', uk: 'Хто що каже' },
  corroboration: { en: 'Corroboration', uk: 'Підтвердження' },
  sources: { en: 'Sources', uk: 'Джерела' },
} satisfies Record<string, Word>;

// prettier-ignore
export const statuses: Record<Status, Word> = {
  announced: { en: 'Announced', uk: 'Оголошено' },
  scheduled: { en: 'Scheduled', uk: 'Заплановано' },
  held: { en: 'Held', uk: 'Відбулося' },
  postponed: { en: 'Postponed', uk: 'Відкладено' },
  cancelled: { en: 'Cancelled', uk: 'Скасовано' },
  denied: { en: 'Denied', uk: 'Заперечено' },
};

// prettier-ignore
export const roles: Record<Role, Word> = {
  participant: { en: 'participant', uk: 'учасник' },
  initiator: { en: 'initiator', uk: 'ініціатор' },
  host: { en: 'host', uk: 'сторона, що приймає' },
  guest: { en: 'guest', uk: 'гість' },
  chair: { en: 'chair', uk: 'головує' },
  mediator: { en: 'mediator', uk: 'посередник' },
  observer: { en: 'observer', uk: 'спостерігач' },
  speaker: { en: 'speaker', uk: 'промовець' },
  addressee: { en: 'addressee', uk: 'адресат' },
  author: { en: 'author', uk: 'автор' },
  sender: { en: 'sender', uk: 'відправник' },
  deliverer: { en: 'deliverer', uk: 'вручає' },
  recipient: { en: 'recipient', uk: 'отримувач' },
  signatory: { en: 'signatory', uk: 'підписант' },
  framework: { en: 'framework', uk: 'формат' },
  subject: { en: 'spoken of', uk: 'згадується' },
};

// prettier-ignore
export const stances: Record<Stance, Word> = {
  asserts: { en: 'asserts', uk: 'стверджує' },
  confirms: { en: 'confirms', uk: 'підтверджує' },
  disputes: { en: 'disputes', uk: 'ставить під сумнів' },
  denies: { en: 'denies', uk: 'заперечує' },
  'declines-to-comment': { en: 'declines to comment', uk: 'відмовляється від коментарів' },
  'no-comment-found': { en: 'no comment found', uk: 'коментаря не знайдено' },
};

// prettier-ignore
export const corroborations: Record<Corroboration, Word> = {
  denied: { en: 'denied', uk: 'заперечено' },
  contested: { en: 'contested', uk: 'спірно' },
  confirmed: { en: 'confirmed by two sides', uk: 'підтверджено двома сторонами' },
  'one-sided': { en: 'told by one side', uk: 'зі слів однієї сторони' },
  reported: { en: 'reported', uk: 'повідомляється' },
};

/**
 * How a type of ours answers to a code of another scheme, in SKOS's words. `broad`: the foreign code covers more than
 * our type does; `narrow`: it covers only a part of it.
 */
export interface Crosswalk {
  code: string;
  match: 'exact' | 'close' | 'broad' | 'narrow' | 'related';
}

/** One row of the vocabulary. A definition is a phrase that can stand where the label stands (ISO 704). */
export interface EventType {
  code: string;
  parent: string | null;
  label: { en: string; uk: string };
  definition: { en: string; uk: string };
  /** Codes of CAMEO 1.1b3. */
  cameo: readonly Crosswalk[];
  /** Categories of PLOVER, draft 0.8, with the mode after a colon where one fits. */
  plover: readonly Crosswalk[];
}

const matching = (match: Crosswalk['match']) => (code: string) => ({
  code,
  match,
});
const exact = matching('exact');
const close = matching('close');
const broad = matching('broad');
const narrow = matching('narrow');
const related = matching('related');

// CAMEO books a visit twice, once for each side, so a visit answers to both of its codes.
const aVisit = {
  cameo: [broad('042'), broad('043')],
  plover: [broad('CONSULT:visit')],
};
// Travel is enough for CAMEO's 042, but nobody need receive the traveller and nobody is consulted.
const aJourney = { cameo: [broad('042')], plover: [] };

// A table is read across: one sheet of four or five long lines a type, where prettier would make it twelve.
// prettier-ignore
const rows: readonly Omit<EventType, 'parent'>[] = [
  { code: 'call', label: { en: 'call', uk: 'телефонна розмова' }, definition: {
    en: 'a conversation by telephone or a comparable live voice or video link',
    uk: 'розмова телефоном або подібним голосовим чи відеозв’язком у реальному часі' },
    cameo: [exact('041')], plover: [close('CONSULT:phone')] },
  { code: 'letter', label: { en: 'letter', uk: 'лист' }, definition: {
    en: 'a written message of one official, government or organization to another, whether or not its text is known',
    uk: 'письмове послання посадової особи, уряду чи організації іншим, незалежно від того, чи відомий його текст' },
    cameo: [], plover: [] },
  { code: 'meeting', label: { en: 'meeting', uk: 'зустріч' }, definition: {
    en: 'a coming together of officials of two or more sides to confer',
    uk: 'зібрання посадових осіб двох чи більше сторін для обміну думками' },
    cameo: [close('040'), narrow('044'), related('042'), related('043')],
    plover: [broad('CONSULT'), narrow('CONSULT:third-party'), related('CONSULT:multilateral')] },
  { code: 'meeting.summit', label: { en: 'summit', uk: 'саміт' }, definition: {
    en: 'a meeting of heads of state, of government or of international organizations: the gathering, not the journeys',
    uk: 'зустріч глав держав, урядів або міжнародних організацій: саме зібрання, а не поїздки на нього' },
    cameo: [broad('040'), related('044')], plover: [broad('CONSULT'), related('CONSULT:multilateral')] },
  { code: 'talks', label: { en: 'talks', uk: 'переговори' }, definition: {
    en: 'discussion of a set subject by two or more sides who seek agreement or understanding, in one sitting or several',
    uk: 'обговорення визначеного предмета сторонами, що шукають згоди чи порозуміння, за одне засідання чи кілька' },
    cameo: [exact('046')], plover: [broad('CONSULT')] },
  { code: 'talks.round', label: { en: 'round of talks', uk: 'раунд переговорів' }, definition: {
    en: 'one sitting, or unbroken series of sittings, within longer talks, which the sides count as one',
    uk: 'засідання або неперервна низка засідань у межах триваліших переговорів, що їх сторони рахують за одне' },
    cameo: [broad('046')], plover: [broad('CONSULT')] },
  { code: 'talks.suspension', label: { en: 'suspension of talks', uk: 'призупинення переговорів' }, definition: {
    en: 'the breaking off of talks that were under way or agreed, for a time or for good, by one side or by consent',
    uk: 'припинення розпочатих або погоджених переговорів, тимчасове чи остаточне, однією стороною чи за згодою' },
    cameo: [close('164')], plover: [broad('SANCTION')] },
  { code: 'visit', label: { en: 'visit', uk: 'візит' }, definition: {
    en: 'a stay of an official or a delegation in another country or at the seat of an organization',
    uk: 'перебування посадової особи чи делегації в іншій країні або у штаб-квартирі організації' },
    cameo: [close('042'), close('043')], plover: [close('CONSULT:visit')] },
  { code: 'visit.state', label: { en: 'state visit', uk: 'державний візит' }, definition: {
    en: 'a visit of a head of state at the invitation of another, with the highest honours of the host’s protocol',
    uk: 'візит глави держави на запрошення глави іншої держави, з найвищими почестями за її протоколом' },
    ...aVisit },
  { code: 'visit.official', label: { en: 'official visit', uk: 'офіційний візит' }, definition: {
    en: 'at the invitation of the host, with honours below those of a state visit',
    uk: 'на запрошення сторони, що приймає, з почестями, нижчими, ніж під час державного візиту' },
    ...aVisit },
  { code: 'visit.official-working', label: { en: 'official working visit', uk: 'офіційний робочий візит' }, definition: {
    en: 'so called by the host’s protocol, between the two',
    uk: 'так названий протоколом сторони, що приймає; проміжний між офіційним і робочим' },
    ...aVisit },
  { code: 'visit.working', label: { en: 'working visit', uk: 'робочий візит' }, definition: {
    en: 'for talks, without ceremony',
    uk: 'для переговорів, без урочистостей' },
    ...aVisit },
  { code: 'visit.private', label: { en: 'private visit', uk: 'приватний візит' }, definition: {
    en: 'not on official business; holidays too',
    uk: 'не у службових справах; також на відпочинок' },
    ...aJourney },
  { code: 'visit.informal', label: { en: 'informal visit', uk: 'неформальний візит' }, definition: {
    en: 'official, outside protocol',
    uk: 'офіційний, поза протоколом' },
    ...aVisit },
  { code: 'visit.transit', label: { en: 'stopover', uk: 'транзитна зупинка' }, definition: {
    en: 'a stop on the way elsewhere',
    uk: 'зупинка дорогою до іншого місця' },
    ...aJourney },
  { code: 'handover', label: { en: 'handover', uk: 'передання документа' }, definition: {
    en: 'the delivery of a document into the hands of its addressee or of someone who stands for them',
    uk: 'вручення документа адресатові або тому, хто його представляє' },
    cameo: [], plover: [] },
  { code: 'publication', label: { en: 'publication', uk: 'оприлюднення' }, definition: {
    en: 'the making public of a document by its author or by someone else, leaks included',
    uk: 'відкриття тексту документа для загалу його автором або кимось іншим, зокрема через витік' },
    cameo: [], plover: [] },
  { code: 'signing', label: { en: 'signing', uk: 'підписання' }, definition: {
    en: 'the putting of signatures to a treaty, agreement or other document by its parties',
    uk: 'скріплення договору, угоди чи іншого документа підписами сторін' },
    cameo: [broad('057')], plover: [broad('SUPPORT')] },
  { code: 'ratification', label: { en: 'ratification', uk: 'ратифікація' }, definition: {
    en: 'the act by which a state confirms its consent to be bound by a treaty; acceptance, approval and accession too',
    uk: 'акт, яким держава підтверджує згоду на обов’язковість для неї договору; також прийняття й приєднання' },
    cameo: [broad('057')], plover: [broad('SUPPORT')] },
  // Not PROTEST, nor CAMEO's 14, which are crowds in the street.
  { code: 'protest', label: { en: 'diplomatic protest', uk: 'дипломатичний протест' }, definition: {
    en: 'a formal objection of a government to the conduct of another, by note, démarche or summons of its envoy',
    uk: 'офіційне заперечення уряду проти дій іншого через ноту, демарш або виклик його посла' },
    cameo: [broad('114'), related('110')], plover: [broad('ACCUSE:disapprove')] },
  // PLOVER leaves mere words out on purpose.
  { code: 'statement', label: { en: 'statement', uk: 'заява' }, definition: {
    en: 'words spoken or issued in public in the name of an official, an institution or a state',
    uk: 'слова, прилюдно сказані чи поширені від імені посадової особи, установи або держави' },
    cameo: [close('010')], plover: [] },
  { code: 'statement.readout', label: { en: 'readout', uk: 'повідомлення про підсумки' }, definition: {
    en: 'one side’s published account of a call, a meeting or a visit in which it took part',
    uk: 'виклад розмови, зустрічі чи візиту, оприлюднений стороною, що брала в них участь' },
    cameo: [broad('010')], plover: [] },
  { code: 'credentials', label: { en: 'presentation of credentials', uk: 'вручення вірчих грамот' }, definition: {
    en: 'the presentation by a head of mission of letters of credence, or copies of them, to those who receive the mission',
    uk: 'подання главою місії вірчих грамот або їхніх копій державі чи організації, що приймає місію' },
    cameo: [], plover: [] },
  { code: 'appointment', label: { en: 'appointment', uk: 'призначення' }, definition: {
    en: 'the act by which a person is named to an office or a diplomatic post',
    uk: 'акт, яким особу ставлять на посаду або на дипломатичний пост' },
    cameo: [], plover: [] },
  { code: 'end-of-mission', label: { en: 'end of mission', uk: 'завершення місії' }, definition: {
    en: 'the close of a diplomat’s or an envoy’s functions at a post, other than by recall or expulsion',
    uk: 'закінчення повноважень дипломата чи посланця на посту, крім відкликання та вислання' },
    cameo: [], plover: [] },
  { code: 'recognition', label: { en: 'recognition', uk: 'визнання' }, definition: {
    en: 'a state’s acknowledgement of another as a state, or of an authority as its government, if only by opening relations',
    uk: 'акт, яким держава приймає іншу як державу або владу як її уряд, хоча б і встановленням відносин' },
    cameo: [exact('054')], plover: [broad('SUPPORT')] },
  { code: 'rupture', label: { en: 'severance of relations', uk: 'розрив відносин' }, definition: {
    en: 'the ending of diplomatic relations with a state by another',
    uk: 'припинення державою дипломатичних відносин з іншою' },
    cameo: [broad('161')], plover: [broad('SANCTION:discontinue')] },
  { code: 'recall', label: { en: 'recall', uk: 'відкликання' }, definition: {
    en: 'the calling home of a diplomat by the sending state, for consultations or for good',
    uk: 'повернення дипломата державою, що його акредитувала, для консультацій чи назавжди' },
    cameo: [broad('161')], plover: [broad('SANCTION:withdraw')] },
  // CAMEO sends diplomats to 161 by name: 166 is for organizations, 174 for deportation.
  { code: 'expulsion', label: { en: 'expulsion of diplomats', uk: 'вислання дипломатів' }, definition: {
    en: 'the receiving state’s order that diplomats leave, or its declaring them unwelcome (persona non grata)',
    uk: 'вимога держави перебування до дипломатів виїхати або оголошення їх небажаними (persona non grata)' },
    cameo: [broad('161')], plover: [broad('SANCTION:expel')] },
  { code: 'sanctions', label: { en: 'sanctions', uk: 'санкції' }, definition: {
    en: 'a decision to impose, change or lift restrictive measures against a state, an organization or persons',
    uk: 'рішення запровадити, змінити або скасувати обмежувальні заходи щодо держави, організації чи осіб' },
    cameo: [narrow('163'), narrow('085')], plover: [related('SANCTION:discontinue'), related('COERCE:restrict')] },
  { code: 'mediation', label: { en: 'mediation', uk: 'посередництво' }, definition: {
    en: 'a third party’s help in settling a dispute, by meeting the sides together or in turn',
    uk: 'допомога третьої сторони в урегулюванні спору через зустрічі зі сторонами разом або почергово' },
    cameo: [exact('045')], plover: [broad('CONSULT')] },
  { code: 'assumption-of-charge', label: { en: 'assumption of charge', uk: 'вступ на посаду' }, definition: {
    en: 'the taking up of duties at a post by a head of mission, a consul or a chargé d’affaires',
    uk: 'початок виконання обов’язків на посту главою місії, консулом або тимчасовим повіреним у справах' },
    cameo: [], plover: [] },
];

/** The vocabulary of event types: the roots in the contract's order, each followed by its children. */
export const eventTypes: readonly EventType[] = rows.map((row) => ({
  ...row,
  parent: withAncestors(row.code).at(-2) ?? null,
}));

const known = new Set(eventTypes.map(({ code }) => code));

/** Whether the vocabulary has this code. */
export function isEventType(code: string): boolean {
  return known.has(code);
}

/** The code after its ancestors, the root first: `talks.round` → `talks`, `talks.round`. */
export function withAncestors(code: string): string[] {
  const words = code.split('.');
  return words.map((_, depth) => words.slice(0, depth + 1).join('.'));
}

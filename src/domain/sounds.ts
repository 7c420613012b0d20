/**
 * Words as rough sounds, so that Cyrillic and every romanisation of it come close to each other. A sound is one sign:
 * small letters as in English, and
 *
 *     C ч   S ш   Z ж   Q щ   c ц   x х   E ё   J дж   M a mute e at the end
 *
 * Latin letters that mean different things in different languages have signs of their own: H for `ch` (ч, ш or х), J for
 * `j` (й, ж or дж), K for `c` (k, s or ц), W for `w` (v or u). The letters of other scripts stand for themselves.
 */
export type Sounds = string;

/** Longer words are cut here: what differs beyond it tells nobody apart. */
const LONGEST = 48;

const pairs = (text: string): [string, string][] =>
  text.split(/\s+/).flatMap((one) => {
    const [letters = '', sounds = ''] = one.split('=');
    return letters
      .split(',')
      .map((letter): [string, string] => [letter, sounds]);
  });

const CYRILLIC = new Map(
  pairs(`а,ә=a б=b в=v г,ґ,ѓ,ғ=g д=d е,э,ѣ=e ё=E є=ie ж=Z з,ѕ=z и,і,ї,й,ј,ы,ѵ=i к,қ=k л=l љ=li м=m н,ң=n
    њ=ni о,ө=o п=p р=r с=s т=t у,ү,ұ=u ў=W ф,ѳ=f х,ҳ=x һ=h ц=c ч,ћ=C џ,ђ=J ш=S щ=Q ю=iu я=ia дж=J ъ,ь=`),
);

const LATIN = new Map(
  pairs(`schtsch,schtch,shtsh,shch,chtch,szcz,šč,ŝ=Q tsch,tch,cz,č,ć=C sch,sh,sz,š,ş,ș,ś=S zh,ž,ż,ź=Z
    dzh,dsch,dj,dž,đ,j=J kh=x gh=g ch=H ts,tz,ţ,ț=c ph,ff=f th,þ=t ck,q,qu=k wh,w=W c=K x=ks y,yj,ij,iy,yi=i ou,oo=u û=iu â=ia
    ê=ie æ,œ=e ø,eau,eaux=o ð=d ß=s ł=l ı=i`),
);

const GRAPHEMES = new Map([...CYRILLIC, ...LATIN]);

/** The longest grapheme that begins with a letter. */
const LONGEST_FROM = new Map<string, number>();
for (const grapheme of GRAPHEMES.keys()) {
  const first = grapheme.charAt(0);
  LONGEST_FROM.set(
    first,
    Math.max(LONGEST_FROM.get(first) ?? 0, grapheme.length),
  );
}

/** The sounds of one word in small letters (NFC); signs and apostrophes are silent, doubled sounds are one. */
export function soundsOf(word: string): Sounds {
  let sounds = '';
  for (let at = 0; at < word.length && sounds.length < LONGEST;) {
    const [length, sound] = graphemeAt(word, at);
    at += length;
    for (const sign of sound) if (!sounds.endsWith(sign)) sounds += sign;
  }
  return sounds;
}

function graphemeAt(word: string, at: number): [number, string] {
  // French writes a silent u between g and e or i.
  const first = word.charAt(at);
  if (
    first === 'g' &&
    word.startsWith('gu', at) &&
    /[eiyéèêëï]/.test(word.charAt(at + 2))
  )
    return [2, 'g'];
  if (at === 0 && word.startsWith('x')) return [1, 's'];
  if (
    first === 'e' &&
    at > 2 &&
    at === word.length - 1 &&
    /[^aeiouy]e$/.test(word)
  )
    return [1, 'M'];
  for (let length = LONGEST_FROM.get(first) ?? 0; length > 0; length--) {
    const sound = GRAPHEMES.get(word.slice(at, at + length));
    if (sound !== undefined) return [length, sound];
  }
  if (/[a-z0-9]/.test(first)) return [1, first];
  const letter = String.fromCodePoint(word.codePointAt(at) ?? 0);
  const plain = letter.normalize('NFD').replace(/\p{M}/gu, '');
  const sound = GRAPHEMES.get(plain) ?? plain;
  return [letter.length, /[’'ʼʹʺ‘`]/.test(plain) ? '' : sound];
}

/** All vowels among the sounds. */
export const VOWELS = 'aeiouEM';

// What a sound leaves in a skeleton, the likeliest first. Vowels and glides leave nothing, all that hisses is one.
const LEAVES: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(Array.from(VOWELS, (vowel) => [vowel, ['']])),
  ...Object.fromEntries(Array.from('szcCSZQ', (hiss) => [hiss, ['S']])),
  ...Object.fromEntries(
    Array.from('bdklmnprt', (one) => [one, [one.toUpperCase()]]),
  ),
  v: ['V'],
  f: ['V'],
  W: ['V', ''],
  g: ['G'],
  x: ['G'],
  h: ['G', ''],
  K: ['K', 'S'],
  H: ['S', 'G', 'K'],
  J: ['S', ''],
};

/** So many readings of a word with doubtful letters are kept. */
const MOST_READINGS = 12;

/**
 * The consonants of a word, roughly: all its usual romanisations share one. Where a letter is read in several ways there
 * are several, the likeliest first; throughout a word it is read in one way, as it was written by one table. None is empty
 * unless the word has no consonants.
 */
export function skeletonsOf(sounds: Sounds): string[] {
  let readings: ReadonlyMap<string, string>[] = [new Map()];
  for (const sound of new Set(sounds)) {
    const leaves = LEAVES[sound] ?? [sound];
    const kept =
      readings.length * leaves.length > MOST_READINGS ? 1 : undefined;
    readings = leaves
      .slice(0, kept)
      .flatMap((leaf) =>
        readings.map((reading) => new Map(reading).set(sound, leaf)),
      );
  }
  const skeletons = readings.map((reading) => {
    let skeleton = '';
    for (const sound of sounds)
      skeleton = joined(skeleton, reading.get(sound) ?? '');
    return skeleton;
  });
  return [...new Set(skeletons)];
}

// т before a hiss is a part of it (тч, тц, tsch), as is д; and a sound is not written twice.
function joined(reading: string, leaf: string): string {
  if (leaf === '' || reading.endsWith(leaf)) return reading;
  return leaf === 'S' ? `${reading.replace(/[TD]$/, '')}S` : reading + leaf;
}

const OPEN: Readonly<Record<string, string>> = { a: 'a', o: 'a', u: 'u' };

/**
 * A short word with its vowels, roughly: where consonants alone tell too little. Front vowels and glides are one, as are a
 * and o, which the tables of romanisation and the dialects confuse.
 */
export function outlineOf(sounds: Sounds): string {
  let outline = '';
  for (const sound of sounds) {
    const sign = VOWELS.includes(sound)
      ? (OPEN[sound] ?? 'e')
      : (LEAVES[sound]?.[0] ?? sound);
    if (!outline.endsWith(sign)) outline += sign;
  }
  // A glide before another vowel is written or not.
  return outline.replace(/e(?=[au])/g, '');
}

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

const CYRILLIC = new Map([
  ...pairs(`а,ә=a б=b в=v г,ґ,ѓ,ғ=g д=d е,э,ѣ=e ё=E є=ie ж=Z з,ѕ=z и,і,ї,й,ј,ы,ѵ=i к,қ=k л=l љ=li м=m н,ң=n
    њ=ni о,ө=o п=p р=r с=s т=t у,ү,ұ=u ў=W ф,ѳ=f х,ҳ=x һ=h ц=c ч,ћ=C џ,ђ=J ш=S щ=Q ю=iu я=ia дж=J ъ,ь=`),
]);

const LATIN = new Map([
  ...pairs(`schtsch,schtch,shtsh,shch,chtch,szcz,šč,ŝ=Q tsch,tch,cz,č,ć=C sch,sh,sz,š,ş,ș,ś=S zh,ž,ż,ź=Z
    dzh,dsch,dj,dž,đ,j=J kh=x gh=g ch=H ts,tz,ţ,ț=c ph,ff=f th,þ=t rh=r ck,q,qu=k wh,w=W c=K x=ks y,yj,ij,iy,yi=i ou,oo=u û=iu â=ia
    ê=ie æ,œ=e ø,eau,eaux=o ð=d ß=s ł=l ı=i`),
]);

const LONGEST_GRAPHEME = 7;

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
  if (word.startsWith('gu', at) && /[eiyéèêëï]/.test(word.charAt(at + 2)))
    return [2, 'g'];
  if (at === 0 && word.startsWith('x')) return [1, 's'];
  if (at > 2 && at === word.length - 1 && /[^aeiouy]e$/.test(word))
    return [1, 'M'];
  for (let length = LONGEST_GRAPHEME; length > 0; length--) {
    const grapheme = word.slice(at, at + length);
    const sound = LATIN.get(grapheme) ?? CYRILLIC.get(grapheme);
    if (sound !== undefined) return [length, sound];
  }
  const letter = String.fromCodePoint(word.codePointAt(at) ?? 0);
  const plain = letter.normalize('NFD').replace(/\p{M}/gu, '');
  const sound = LATIN.get(plain) ?? CYRILLIC.get(plain) ?? plain;
  return [letter.length, /[’'ʼʹʺ‘`]/.test(plain) ? '' : sound];
}

/** All vowels among the sounds. */
export const VOWELS = 'aeiouEM';

// What a sound leaves in a skeleton, the likeliest first. Vowels and glides leave nothing, all that hisses is one.
const LEAVES: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries([...VOWELS].map((vowel) => [vowel, ['']])),
  ...Object.fromEntries([...'szcCSZQ'].map((hiss) => [hiss, ['S']])),
  ...Object.fromEntries(
    [...'bdklmnprt'].map((one) => [one, [one.toUpperCase()]]),
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
const MOST_READINGS = 6;

/**
 * The consonants of a word, roughly: all its usual romanisations share one. Where a letter is read in several ways there
 * are several, the likeliest first; none is empty unless the word has no consonants.
 */
export function skeletonsOf(sounds: Sounds): string[] {
  let readings = [''];
  for (const sound of sounds) {
    const leaves = LEAVES[sound] ?? [sound];
    const grown = leaves.flatMap((leaf) =>
      readings.map((reading) => joined(reading, leaf)),
    );
    readings =
      grown.length > MOST_READINGS
        ? readings.map((reading) => joined(reading, leaves[0] ?? ''))
        : grown;
  }
  return [...new Set(readings)];
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

import { glyphOf, type Sign } from './glyphs.ts';

/** The colours of a theme and what is made of them once. */
export interface Paint {
  text: string;
  faint: string;
  line: string;
  stripe: string;
  chosen: string;
  ground: string;
  bar: string;
  colours: readonly string[];
  font: string;
  /** The width of a usual letter of this font. */
  letter: number;
  /** Pixels of the screen for one of the page. */
  ratio: number;
  hatch(colour: string): CanvasPattern | string;
  translucent(colour: string, alpha: number): string;
  sprites: Map<string, HTMLCanvasElement>;
}

const COLOURS = {
  light: [
    '#1d5fa8',
    '#b3261e',
    '#8a5a00',
    '#6a3fa0',
    '#00705a',
    '#a8326e',
    '#4a5560',
    '#2f6f1f',
  ],
  dark: [
    '#7db8f5',
    '#ff8f84',
    '#f0b54a',
    '#c4a1f5',
    '#4fd0b0',
    '#f590c4',
    '#b4c0cc',
    '#94d67c',
  ],
} as const;

/** The colours of the glyphs in a theme. */
export const coloursOf = (theme: 'light' | 'dark'): readonly string[] =>
  COLOURS[theme];

/** What the canvas paints with; the colours of the page are those of its style sheet. */
export function paintFor(element: Element, theme: 'light' | 'dark'): Paint {
  const style = getComputedStyle(element);
  const of = (name: string) => style.getPropertyValue(name).trim();
  const font = `12px ${style.fontFamily}`;
  const measure = document.createElement('canvas').getContext('2d');
  if (measure !== null) measure.font = font;
  const patterns = new Map<string, CanvasPattern | string>();
  return {
    text: of('--text'),
    faint: of('--faint'),
    line: of('--line'),
    stripe: of('--stripe'),
    chosen: of('--chosen'),
    ground: of('--ground'),
    bar: of('--accent'),
    colours: COLOURS[theme],
    font,
    letter: (measure?.measureText('Переговори in Geneva').width ?? 140) / 20,
    ratio: devicePixelRatio || 1,
    hatch(colour) {
      const known = patterns.get(colour) ?? hatched(colour);
      patterns.set(colour, known);
      return known;
    },
    translucent: (colour, alpha) =>
      `${colour}${Math.round(alpha * 255)
        .toString(16)
        .padStart(2, '0')}`,
    sprites: new Map(),
  };
}

function hatched(colour: string): CanvasPattern | string {
  const tile = document.createElement('canvas');
  tile.width = tile.height = 6;
  const context = tile.getContext('2d');
  if (context === null) return colour;
  context.strokeStyle = colour;
  context.globalAlpha = 0.55;
  context.lineWidth = 1.2;
  context.beginPath();
  for (const shift of [-6, 0, 6]) {
    context.moveTo(shift - 1, 7);
    context.lineTo(shift + 7, -1);
  }
  context.stroke();
  return context.createPattern(tile, 'repeat') ?? colour;
}

/** The glyph of an event, drawn once for each look that it can have. */
export function spriteOf(
  type: string,
  sign: Pick<Sign, 'broken' | 'half' | 'struck' | 'form'>,
  radius: number,
  paint: Paint,
): HTMLCanvasElement {
  const { path, colour } = glyphOf(type);
  const { broken, half, struck } = sign;
  const hollow = sign.form === 'hatched';
  const key = [path, radius, broken, half, struck, hollow].join();
  const known = paint.sprites.get(key);
  if (known !== undefined) return known;
  const sprite = document.createElement('canvas');
  const room = (radius * 1.5 + 2) * paint.ratio;
  sprite.width = sprite.height = Math.ceil(room * 2);
  const context = sprite.getContext('2d');
  if (context !== null) {
    context.translate(sprite.width / 2, sprite.height / 2);
    const size = radius * paint.ratio;
    context.scale(size, size);
    paintGlyph(context, new Path2D(path), paint.colours[colour] ?? paint.bar, {
      broken,
      half,
      struck,
      hollow,
      paint,
      thin: paint.ratio / size,
    });
  }
  paint.sprites.set(key, sprite);
  return sprite;
}

function paintGlyph(
  context: CanvasRenderingContext2D,
  shape: Path2D,
  colour: string,
  look: {
    broken: boolean;
    half: boolean;
    struck: boolean;
    hollow: boolean;
    paint: Paint;
    thin: number;
  },
): void {
  const { broken, half, struck, hollow, paint, thin } = look;
  context.fillStyle = paint.ground;
  context.fill(shape);
  if (half || (!hollow && !broken)) {
    context.save();
    if (half) {
      context.beginPath();
      context.rect(-2, -2, 2, 4);
      context.clip();
    }
    context.fillStyle = colour;
    context.fill(shape);
    context.restore();
  }
  context.strokeStyle = colour;
  context.lineWidth = 1.5 * thin;
  if (broken) context.setLineDash([2.2 * thin, 1.6 * thin]);
  context.stroke(shape);
  context.setLineDash([]);
  if (!struck) return;
  context.beginPath();
  context.moveTo(-1.35, 1.05);
  context.lineTo(1.35, -1.05);
  context.strokeStyle = paint.ground;
  context.lineWidth = 4 * thin;
  context.stroke();
  context.strokeStyle = paint.text;
  context.lineWidth = 1.8 * thin;
  context.stroke();
}

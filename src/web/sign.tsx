import { glyphOf } from './glyphs.ts';

/** The glyph of a type, as it stands in the lanes. */
export function Sign({ type }: { type: string }) {
  const { path, colour } = glyphOf(type);
  return (
    <svg
      class={`sign colour-${colour}`}
      viewBox="-1.3 -1.3 2.6 2.6"
      aria-hidden="true"
    >
      <path d={path} />
    </svg>
  );
}

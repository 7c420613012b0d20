import { useState } from 'preact/hooks';
import { useExplorer } from './explorer.ts';

/** Puts a text on the clipboard, also where the page has no right to it (an address without TLS). */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = document.createElement('textarea');
    field.value = text;
    document.body.append(field);
    field.select();
    // Old, but the only way left without a secure context.
    const copied = document.execCommand('copy');
    field.remove();
    return copied;
  }
}

interface CopyProps {
  /** What is copied, in a word. */
  what: string;
  /** The text, or how to get it. */
  text: string | (() => Promise<string>);
}

/** A button that copies, and says whether it did; where it could not, the text stands there to be copied by hand. */
export function Copy({ what, text }: CopyProps) {
  const { words, tell } = useExplorer();
  const [byHand, setByHand] = useState<string | null>(null);
  const copy = async () => {
    const found =
      typeof text === 'string' ? text : await text().catch(() => null);
    const copied = found !== null && (await copyText(found));
    setByHand(copied ? null : found);
    tell(copied ? words.say('copy.done', { what }) : words.say('copy.failed'));
  };
  return (
    <>
      <button type="button" class="copy" onClick={() => void copy()}>
        {what}
      </button>
      {byHand !== null && (
        <textarea readOnly aria-label={what} value={byHand} />
      )}
    </>
  );
}

import { TextDecoder } from 'node:util';
import { shortened } from '../domain/text.ts';
import { mappingError } from './mapping.ts';

/** Reads pieces of a file strictly. */
export interface TextReader {
  /** The text of these bytes, or null where they are none. */
  read(bytes: Buffer): string | null;
  fault: string;
}

/** Reads bytes that {@link inUtf8} has made of a file in this encoding. */
export function textReader(encoding: string): TextReader {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const isUtf8 = encoding === 'utf-8';
  return {
    fault: isUtf8
      ? 'is not valid UTF-8; a mapping can name another encoding'
      : `is not valid ${encoding}`,
    read(bytes) {
      try {
        const text = decoder.decode(bytes);
        // What another encoding does not have became this sign on the way.
        return !isUtf8 && text.includes('\ufffd') ? null : text;
      } catch {
        return null;
      }
    },
  };
}

/** A file in UTF-8, whatever its encoding is. */
export async function* inUtf8(
  chunks: AsyncIterable<Uint8Array>,
  decoder: TextDecoder,
): AsyncGenerator<Uint8Array> {
  if (decoder.encoding === 'utf-8') {
    yield* chunks;
    return;
  }
  for await (const chunk of chunks)
    yield Buffer.from(decoder.decode(chunk, { stream: true }));
  yield Buffer.from(decoder.decode());
}

/**
 * The decoder of an encoding (WHATWG label).
 * @throws DomainError `invalid_parameter` when there is none
 */
export function decoderFor(label: string): TextDecoder {
  try {
    return new TextDecoder(label);
  } catch {
    throw mappingError([
      {
        pointer: '/encoding',
        message: 'is not an encoding that is known here',
        received: shortened(label),
      },
    ]);
  }
}

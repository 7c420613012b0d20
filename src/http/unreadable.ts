import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { type ProblemCode, problems } from '../domain/errors.ts';
import { type AnswerTeller } from './answered.ts';
import { rawProblem } from './problems.ts';

const UNREADABLE: Record<string, [ProblemCode, string]> = {
  HPE_HEADER_OVERFLOW: [
    'header_too_large',
    'The headers, or the address, are too large.',
  ],
  HPE_INVALID_URL: [
    'malformed_request',
    'The address holds characters that must be percent-encoded as UTF-8 (curl does it with --get --data-urlencode).',
  ],
  ERR_HTTP_REQUEST_TIMEOUT: [
    'request_timeout',
    'The request took too long to arrive.',
  ],
};

/** Answers on a connection whose request could not even be read, and lets go of it. */
export function answerUnreadable(
  tell: AnswerTeller,
  { code = '' }: { code?: string },
  socket: Socket,
): void {
  if (socket.writable) {
    const id = randomUUID();
    const [problem, detail] = UNREADABLE[code] ?? [
      'malformed_request',
      'This is not an HTTP request that can be read.',
    ];
    const text = rawProblem(problem, detail, id);
    socket.write(text);
    tell(
      { headers: {} },
      {
        id,
        route: null,
        status: problems[problem].status,
        seconds: null,
        bytes: text.length,
        from: 'unreadable',
      },
    );
  }
  // Not end(): the other side could keep its half open for ever.
  socket.destroySoon();
}

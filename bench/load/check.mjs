// Proves that a target answers a workload rightly before anything is timed.
import { Client } from 'pg';
import { oneEvent, rightAnswer } from './truth.mjs';

const CHECKED = 6;
const SLOW_MS = 1500;

/** How a target's answer to a question is read; all others are pages. */
const FORMS = { histogram: 'histogram', one: 'one', insert: 'insert' };

/** The request that puts a question to a target; null when it has no words for it. `spared` is how large an answer is that need not be sent again. */
export async function requestOf(target, base, question) {
  if (question.ask !== 'again')
    return target.requests[question.ask]?.(question) ?? null;
  if (!target.conditional) return null;
  const request = await requestOf(target, base, question.question);
  const answer = await fetch(base + request.path);
  const spared = await answer.arrayBuffer();
  return {
    ...request,
    headers: { 'if-none-match': answer.headers.get('etag') },
    spared: spared.byteLength,
  };
}

/**
 * Asks some questions of a workload and compares the answers: `{requests, bytes, ms}`, the requests of all questions with the
 * size of an answer and the time that one took alone; `slow` when that is too long to be timed.
 * @throws Error that names the target, the workload and the answer that is wrong
 */
export async function provenRequests({ target, base, workload, client, url }) {
  const requests = [];
  for (const question of workload.questions) {
    const request = await requestOf(target, base, question);
    if (request === null) return null;
    requests.push(request);
  }
  const step = Math.max(1, Math.floor(requests.length / CHECKED));
  const [times, sizes] = [[], []];
  for (let n = 0; n < requests.length && times.length < CHECKED; n += step) {
    const began = performance.now();
    const { path, spared, ...request } = requests[n];
    const answer = await fetch(base + path, request);
    const text = await answer.text();
    times.push(performance.now() - began);
    sizes.push(spared ?? Buffer.byteLength(text));
    const fault = await faultOf({
      target,
      base,
      client,
      url,
      question: workload.questions[n],
      answer,
      text,
    });
    if (fault !== null)
      throw new Error(
        `${target.name} answers ${workload.name} wrongly: ${fault}; asked ${JSON.stringify(workload.questions[n])}`,
      );
    // One that takes this long is not asked again and again.
    if (times.at(-1) > 4 * SLOW_MS) break;
  }
  times.sort((one, other) => one - other);
  const ms = times[Math.floor(times.length / 2)];
  return {
    requests,
    ms,
    bytes: sizes.reduce((sum, one) => sum + one, 0) / sizes.length,
    slow: ms > SLOW_MS,
  };
}

async function faultOf({ target, base, client, url, question, answer, text }) {
  if (question.ask === 'again')
    return answer.status === 304
      ? null
      : `status ${answer.status} for what has not changed`;
  if (!answer.ok) return `status ${answer.status}: ${text.slice(0, 300)}`;
  const got = target.answers[FORMS[question.ask] ?? 'page'](JSON.parse(text));
  if (question.ask === 'insert')
    return insertFault({ target, base, url, question, id: got });
  const right = await rightAnswer(client, question, target.vague === true);
  const [said, known] = [got, right].map((one) => JSON.stringify(one));
  return said === known ? null : difference(said, known);
}

/** Reads back what was inserted: from the target where it has a way of its own, else from the plain form. */
async function insertFault({ target, base, url, question, id }) {
  const found =
    target.readBack === undefined
      ? await inPlain(url, id)
      : await target.readBack(base, id);
  const right =
    found.title === question.title &&
    found.participants === question.participants.length;
  return right ? null : `inserted ${JSON.stringify(found)}`;
}

async function inPlain(url, id) {
  const client = new Client({ connectionString: url });
  await client.connect();
  const event = await oneEvent(client, id);
  await client.end();
  return { title: event?.title, participants: event?.participants.length };
}

function difference(said, known) {
  let at = 0;
  while (said[at] === known[at]) at++;
  const near = (text) => text.slice(Math.max(0, at - 60), at + 100);
  return `…${near(said)}… for …${near(known)}…`;
}

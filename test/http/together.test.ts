import { together } from '../../src/http/together.ts';

/** A question that is answered when the test says so. */
function held() {
  const asked: {
    question: string;
    answer(text: string): void;
    fail(): void;
  }[] = [];
  const ask = together(
    (question: string) =>
      new Promise<string>((resolve, reject) => {
        asked.push({
          question,
          answer: resolve,
          fail: () => reject(new Error('away')),
        });
      }),
  );
  return { asked, ask };
}

test('who comes while an answer is under way shares the next one, never that', async () => {
  const { asked, ask } = held();
  const first = ask('a');
  const [second, third] = [ask('a'), ask('a')];
  expect(asked).toHaveLength(1);
  asked[0]?.answer('old');
  expect(await first).toBe('old');
  await new Promise(setImmediate);
  expect(asked).toHaveLength(2);
  const fourth = ask('a');
  asked[1]?.answer('new');
  expect(await Promise.all([second, third])).toEqual(['new', 'new']);
  await new Promise(setImmediate);
  asked[2]?.answer('newer');
  expect(await fourth).toBe('newer');
});

test('other questions do not wait, and a failure is told to those alone who shared it', async () => {
  const { asked, ask } = held();
  const [first, other, second] = [ask('a'), ask('b'), ask('a')];
  expect(asked.map(({ question }) => question)).toEqual(['a', 'b']);
  asked[1]?.answer('b');
  expect(await other).toBe('b');
  asked[0]?.fail();
  await expect(first).rejects.toThrow('away');
  await new Promise(setImmediate);
  asked[2]?.answer('a');
  expect(await second).toBe('a');
});

/**
 * Lets those who ask the same thing at the same time share an answer. It is never older than the question: who comes while
 * one is under way waits for the next, so that what was withdrawn meanwhile is withdrawn for them.
 */
export function together<Answer>(
  ask: (question: string) => Promise<Answer>,
): (question: string) => Promise<Answer> {
  const underWay = new Map<string, Promise<Answer>>();
  const next = new Map<string, Promise<Answer>>();
  const begin = (question: string): Promise<Answer> => {
    next.delete(question);
    const answer = ask(question).finally(() => {
      if (underWay.get(question) === answer) underWay.delete(question);
    });
    underWay.set(question, answer);
    return answer;
  };
  return (question) => {
    const before = underWay.get(question);
    if (before === undefined) return begin(question);
    const joined =
      next.get(question) ??
      before.then(
        () => begin(question),
        () => begin(question),
      );
    next.set(question, joined);
    return joined;
  };
}

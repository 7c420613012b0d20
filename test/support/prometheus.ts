/** One number as Prometheus reads it. */
export interface Sample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

/** Reads the text format of Prometheus (0.0.4): every line has to be of it. */
export function samplesOf(text: string): Sample[] {
  return text
    .split('\n')
    .filter((line) => line !== '' && !/^# (HELP|TYPE) [a-z_]/.test(line))
    .map((line) => {
      const [, name, , labels = '', value] =
        /^([a-z_]\w*)(\{(.*)\})? (\S+)$/.exec(line) ?? [];
      if (name === undefined || value === undefined)
        throw new Error(`no sample: ${line}`);
      return {
        name,
        labels: Object.fromEntries(
          [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(
            ([, label = '', text = '']) => [label, text],
          ),
        ),
        value: value === '+Inf' ? Infinity : Number(value),
      };
    });
}

/** The sum of the samples of a name that have these labels; null where there is none. */
export function valueOf(
  samples: readonly Sample[],
  name: string,
  labels: Record<string, string> = {},
): number | null {
  const found = samples.filter(
    (one) =>
      one.name === name &&
      Object.entries(labels).every(
        ([label, value]) => one.labels[label] === value,
      ),
  );
  return found.length === 0
    ? null
    : found.reduce((sum, { value }) => sum + value, 0);
}

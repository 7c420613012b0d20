import { type ImportOptions, type ImportReport } from '../imports/run.ts';
import { type Metrics } from './metrics.ts';

type OnProgress = NonNullable<ImportOptions['onProgress']>;

/** Tells how far imports are while they run, and how they end. */
export function importProgress(metrics: Metrics | null) {
  let running = 0;
  metrics?.gauge(
    'imports_running',
    'Imports over HTTP that run now',
    [],
    () => [[{}, running]],
  );
  return {
    async run(
      work: (onProgress: OnProgress) => Promise<ImportReport | null>,
    ): Promise<ImportReport | null> {
      const done = { reading: 0, storing: 0 };
      const reach = (phase: 'reading' | 'storing', rows: number): void => {
        metrics?.importRows(phase, rows - done[phase]);
        done[phase] = rows;
      };
      running++;
      try {
        const report = await work(reach);
        // Progress is told now and then: the rest.
        reach('reading', report?.received ?? done.reading);
        metrics?.importEnded(
          report?.stored === true ? 'stored' : 'kept-nothing',
        );
        return report;
      } catch (error) {
        metrics?.importEnded('failed');
        throw error;
      } finally {
        running--;
      }
    },
  };
}

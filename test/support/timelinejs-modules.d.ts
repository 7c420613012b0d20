/** TimelineJS comes without types; this is what the tests ask of it. */
declare module '@knight-lab/timelinejs/src/js/core/TimelineConfig.js' {
  export class TimelineConfig {
    constructor(data: unknown);
    validate(): void;
    getErrors(): unknown[];
    isValid(): boolean;
    events: {
      unique_id: string;
      start_date: { data: Record<string, unknown> };
      end_date?: { data: Record<string, unknown> };
      display_date: string;
      text: { headline: string; text: string };
    }[];
  }
}

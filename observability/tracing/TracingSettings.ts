import type { Logger } from '../createLogger.ts';

export interface TracingSettings {
  /** Of the collector, as http://127.0.0.1:4318. */
  readonly endpoint: string;
  /** Not to be logged. */
  readonly headers: Readonly<Record<string, string>>;
  /** Of predictions that nobody traces already, how many are, from 0 to 1. Everything else is traced. */
  readonly predictionShare: number;
}

export interface TracedProcess {
  /** As in `bin/<name>.ts`. */
  readonly name: string;
  readonly version: string;
  readonly logger: Logger;
}

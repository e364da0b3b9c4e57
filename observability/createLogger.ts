import pino, { type Logger } from 'pino';
import { traceFields } from './tracing/traceFields.ts';

export type { Logger };

/** Structured log lines on stderr (stdout belongs to data): a constant sentence plus fields, so that they can be counted. */
export const createLogger = (name: string, level: string): Logger =>
  pino(
    { name, level, base: { process: name }, mixin: traceFields },
    pino.destination({ dest: 2, sync: true }),
  );

import pino, { type Logger } from 'pino';

export type { Logger };

/** Structured log lines on stderr (stdout belongs to data): a constant sentence plus fields, so that they can be counted. */
export const createLogger = (name: string, level: string): Logger =>
  pino({ name, level, base: { process: name } }, pino.destination({ dest: 2, sync: true }));

import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';

export interface LogLine {
  /** As pino counts: 40 a warning, 50 an error. Null where the line is not structured. */
  readonly level: number | null;
  /** Short, for a person. */
  readonly text: string;
}

const MOST_BYTES = 256 * 1024;

/** The whole lines of a log from an offset on, and the offset behind them. */
export function readLogLines(path: string, offset: number): { lines: LogLine[]; offset: number } {
  if (!existsSync(path)) return { lines: [], offset };
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    const from = Math.max(offset, size - MOST_BYTES);
    const buffer = Buffer.alloc(Math.max(0, size - from));
    const length = readSync(file, buffer, 0, buffer.length, from);
    const end = buffer.subarray(0, length).lastIndexOf(0x0a) + 1;
    const lines = buffer
      .toString('utf8', 0, end)
      .split('\n')
      .filter(line => line.trim() !== '')
      .map(shorten);
    return { lines, offset: from + end };
  } finally {
    closeSync(file);
  }
}

function shorten(line: string): LogLine {
  const parsed = parse(line);
  if (parsed === null) return { level: null, text: line.slice(0, 500) };
  const { level, msg, err } = parsed;
  const cause = typeof err === 'object' && err !== null && 'message' in err ? String(err.message) : '';
  const said = typeof msg === 'string' ? msg : '';
  // A line is a sentence of its own; its cause goes on with it.
  const text = [cause === '' ? said : said.replace(/\.$/, ''), cause].filter(part => part !== '').join(': ');
  return { level: typeof level === 'number' ? level : null, text: text.slice(0, 500) };
}

function parse(line: string): { level?: unknown; msg?: unknown; err?: unknown } | null {
  if (!line.startsWith('{')) return null;
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' ? value : null;
  } catch {
    return null; // A line of another program's, which happens to begin like ours.
  }
}

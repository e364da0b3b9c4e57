import { existsSync, statSync } from 'node:fs';
import { readLogLines } from './readLogLines.ts';

const WARNING = 40;
const POLL_MS = 1000;
/** The same sentence is not repeated within this time: an outage repeats itself in every log. */
const QUIET_MS = 60_000;

/** Shows what a process logs from now on at level warning or above, as short lines. @returns stops following */
export function followWarnings(name: string, logFile: string, print: (line: string) => void): () => void {
  let offset = existsSync(logFile) ? statSync(logFile).size : 0;
  const shownAt = new Map<string, number>();
  const look = (): void => {
    const read = readLogLines(logFile, offset);
    offset = read.offset;
    for (const { level, text } of read.lines) {
      if (level === null || level < WARNING || Date.now() - (shownAt.get(text) ?? 0) < QUIET_MS) continue;
      shownAt.set(text, Date.now());
      print(`${name}: ${text}`);
    }
  };
  const timer = setInterval(look, POLL_MS);
  timer.unref();
  return () => {
    clearInterval(timer);
    look();
  };
}

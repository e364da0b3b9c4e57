import { formatCount } from './format.ts';

const LINE_EVERY_MS = 5_000;
const REDRAW_EVERY_MS = 100;

/** A count that goes up, on stderr: redrawn in its place on a terminal, else a plain line now and then. */
export function createCounter(stream: NodeJS.WriteStream, what: string) {
  let told = Date.now();
  let drawn = false;
  return {
    update(count: number): void {
      const now = Date.now();
      if (now - told < (stream.isTTY ? REDRAW_EVERY_MS : LINE_EVERY_MS)) return;
      told = now;
      const text = `${formatCount(count)} ${what}`;
      if (stream.isTTY) {
        stream.cursorTo(0);
        stream.clearLine(0);
        stream.write(text);
        drawn = true;
      } else stream.write(`${text}\n`);
    },
    end(): void {
      if (!drawn) return;
      stream.cursorTo(0);
      stream.clearLine(0);
      drawn = false;
    },
  };
}

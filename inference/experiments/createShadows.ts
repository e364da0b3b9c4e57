import type { Logger } from '../../observability/createLogger.ts';

// What a shadow arm computes comes after the answer, and never in its way: where more waits than the bound, the rest is left
// out, counted and said once.

const MAXIMUM_WAITING = 256;

export interface Shadows {
  /** Runs work when the answers that are ready have gone out. */
  run(work: () => Promise<unknown>): void;
  /** How many were left out since the start. */
  leftOut(): number;
  /** Waits for what is under way. */
  close(): Promise<void>;
}

export function createShadows(logger: Logger): Shadows {
  let leftOut = 0;
  const waiting = new Set<Promise<unknown>>();
  return {
    leftOut: () => leftOut,
    run: work => {
      if (waiting.size >= MAXIMUM_WAITING) {
        if (leftOut++ === 0)
          logger.warn(
            { waiting: waiting.size },
            'The shadow arm cannot keep up; some of its predictions are left out.',
          );
        return;
      }
      const running = new Promise(setImmediate)
        .then(work)
        .catch((error: unknown) =>
          logger.error({ err: error }, 'The shadow arm failed; the answer was not affected.'),
        )
        .finally(() => waiting.delete(running));
      waiting.add(running);
    },
    close: async () => {
      await Promise.all(waiting);
    },
  };
}

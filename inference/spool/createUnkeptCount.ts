import type { Logger } from '../../observability/createLogger.ts';
import type { PredictedCall } from './PredictedCall.ts';

const SAY_EVERY_MS = 10_000;

/** Counts the predictions that a spool could not keep, and says it at once, then now and then, and when it is over. */
export function createUnkeptCount(logger: Logger) {
  let total = 0;
  let said = 0;
  let saidAt = Number.NEGATIVE_INFINITY;
  return {
    total: (): number => total,
    add: (calls: readonly PredictedCall[], reason: string): void => {
      total += calls.reduce((sum, { probabilities }) => sum + probabilities.length, 0);
      if (performance.now() - saidAt < SAY_EVERY_MS) return;
      logger.error(
        { unkept: total, reason },
        'Predictions are answered but not kept: free disk space, bring PostgreSQL back, or raise HOLDFAST_SPOOL_MAX_MB.',
      );
      saidAt = performance.now();
      said = total;
    },
    keptAgain: (): void => {
      if (saidAt === Number.NEGATIVE_INFINITY) return;
      logger.warn({ unkept: total, sinceLastSaid: total - said }, 'Predictions are kept again.');
      saidAt = Number.NEGATIVE_INFINITY;
      said = total;
    },
  };
}

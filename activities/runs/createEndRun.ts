import { finishRun } from '../../db/runs/finishRun.ts';
import type { TrainModelResult } from '../../platform/workflowContract.ts';
import type { ActivityPorts } from '../ActivityPorts.ts';

interface EndRunInput {
  readonly runId: string;
  readonly status: 'succeeded' | 'failed' | 'cancelled';
  readonly result: TrainModelResult | null;
  readonly error: string | null;
}

/** Closes the run's row. A run that failed before it had a row (its input was refused) leaves none: Temporal has the failure. */
export const createEndRun =
  ({ database }: Pick<ActivityPorts, 'database'>) =>
  async ({ runId, status, result, error }: EndRunInput): Promise<void> => {
    await finishRun(database, {
      id: runId,
      status,
      error,
      result:
        result === null
          ? null
          : { championVersion: result.championVersion, promotedTo: result.promotedTo, gate: result.gate },
    });
  };

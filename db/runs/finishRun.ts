import { raw } from '@mikro-orm/postgresql';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import type { Database } from '../Database.ts';
import { TrainingRunEntity } from '../entities/TrainingRunEntity.ts';
import { storableJson, storableText } from '../storable.ts';
import { findRun } from './findRun.ts';
import { noSuchRun } from './noSuchRun.ts';
import type { Run, RunResult, RunStatus } from './Run.ts';

export interface RunEnd {
  readonly id: string;
  readonly status: Exclude<RunStatus, 'running'>;
  /** Given exactly where it succeeded. */
  readonly result?: RunResult | null;
  /** Why it failed, and what to do. */
  readonly error?: string | null;
  readonly errorCode?: string | null;
  /** How it ended, for people. */
  readonly stage?: string;
}

/**
 * Records how a run ended. Saying it again is harmless: the first end stays.
 * @throws HoldfastError notFound; failedPrecondition where it ended otherwise before
 */
export const finishRun = (database: Database, end: RunEnd): Promise<Run> =>
  database.write(async manager => {
    const { id, status, result, error, errorCode, stage } = end;
    await manager.nativeUpdate(
      TrainingRunEntity,
      { id, status: 'running' },
      {
        status,
        finishedAt: raw('greatest(started_at, clock_timestamp())'),
        ...(stage !== undefined && { stage: storableText(stage) }),
        ...(result && { result: storableJson(result) }),
        ...(typeof error === 'string' && { error: storableText(error) }),
        ...(typeof errorCode === 'string' && { errorCode: storableText(errorCode) }),
      },
    );
    const run = await findRun(manager, id);
    if (!run) throw noSuchRun(id);
    if (run.status !== status)
      throw new HoldfastError('failedPrecondition', `Run ${id} has already ${run.status}, not ${status}.`);
    return run;
  });

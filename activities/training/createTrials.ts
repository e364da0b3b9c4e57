import { z } from 'zod';
import { labelsOf } from '../../ml/dataset/labelsOf.ts';
import { logLoss } from '../../ml/evaluation/logLoss.ts';
import { searchSplit } from '../../ml/trainers/search/searchSplit.ts';
import type { TrialOnFold } from '../../ml/trainers/search/searchRecipe.ts';
import type { TrainCandidateHeartbeat } from '../../platform/workflowContract.ts';
import type { ActivityPorts } from '../ActivityPorts.ts';
import type { TrainCandidateOptions } from './TrainingMaterial.ts';

const finishedTrial = z.object({ logLoss: z.number(), cpuSeconds: z.number() });

export interface Trials {
  /** Null once all of them together have taken `mostCpuSeconds`. */
  evaluate(trial: TrialOnFold): Promise<number | null>;
  done(): TrainCandidateHeartbeat;
  /** Stops what is still in training. */
  close(): void;
}

/** A search's trials on folds: what the last heartbeat names is read, the rest is trained, stored and told. */
export function createTrials(
  { artifacts, training, logger }: Pick<ActivityPorts, 'artifacts' | 'training' | 'logger'>,
  { definition, table, tablePath, split, trainer, before, onProgress, signal }: TrainCandidateOptions,
  mostCpuSeconds: number,
): Trials {
  const own = searchSplit(table, split, definition);
  const failure = new AbortController();
  const either = AbortSignal.any([signal, failure.signal]);
  let done = before;
  let spentCpuSeconds = 0;

  async function obtain({ trial, recipe, fold }: TrialOnFold): Promise<z.output<typeof finishedTrial>> {
    const name = `${trial}/${fold}`;
    const known = before.trials?.[name];
    if (known !== undefined && (await artifacts.has(known)))
      return finishedTrial.parse(JSON.parse(Buffer.from(await artifacts.get(known)).toString('utf8')));
    const task = { kind: 'fold' as const, tablePath, definition, split: own, recipe, fold };
    const { probabilities, seconds, cpuSeconds } = await training.fold(task, either);
    const rows = own.train.filter((_row, place) => own.foldOf[place] === fold);
    const finished = { logLoss: logLoss(labelsOf(table, rows), probabilities), cpuSeconds };
    const digest = await artifacts.put(Buffer.from(JSON.stringify(finished)));
    logger.info({ trainer, trial, fold, ...finished }, 'trial is trained');
    done = { ...done, trials: { ...done.trials, [name]: digest }, seconds: done.seconds + seconds };
    onProgress(done);
    return finished;
  }

  const isSpent = (): boolean => spentCpuSeconds > mostCpuSeconds;
  return {
    evaluate: async trial => {
      try {
        const finished = await obtain(trial);
        spentCpuSeconds += finished.cpuSeconds;
        if (!isSpent()) return finished.logLoss;
        logger.warn(
          { trainer, spentCpuSeconds, mostCpuSeconds },
          'search is given up: it takes too long here',
        );
        failure.abort();
        return null;
      } catch (error) {
        if (isSpent() && !signal.aborted) return null;
        throw error;
      }
    },
    done: () => done,
    close: () => failure.abort(),
  };
}

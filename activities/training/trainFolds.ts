import type { ArtifactStore } from '../../platform/ArtifactStore.ts';
import type { TrainCandidateHeartbeat } from '../../platform/workflowContract.ts';
import type { FoldResult } from './TrainingTask.ts';

export interface TrainFoldsOptions {
  readonly artifacts: ArtifactStore;
  /** The fold of each row of the training part. */
  readonly foldOf: Uint8Array;
  readonly foldsTotal: number;
  readonly trainer: string;
  /** What earlier attempts had done. */
  readonly before: TrainCandidateHeartbeat;
  readonly train: (fold: number, signal: AbortSignal) => Promise<FoldResult>;
  /** Told after each fold. */
  readonly onProgress: (details: TrainCandidateHeartbeat) => void;
  readonly signal: AbortSignal;
}

/**
 * Out-of-fold probabilities of every row of the training part. Finished folds are taken from the artifacts that the last
 * heartbeat named; the others are trained side by side, and each is stored before it is told.
 */
export async function trainFolds(
  options: TrainFoldsOptions,
): Promise<{ outOfFold: Float64Array; seconds: number }> {
  const { artifacts, foldOf, foldsTotal, trainer, before, train, onProgress, signal } = options;
  const folds: Record<string, string> = { ...before.folds };
  let seconds = before.seconds;
  const tell = (): void => onProgress({ ...before, trainer, folds: { ...folds }, foldsTotal, seconds });
  tell();
  // One fold that fails stops its brothers: another attempt would otherwise queue behind work that nobody waits for.
  const failure = new AbortController();
  const either = AbortSignal.any([signal, failure.signal]);
  const outOfFold = new Float64Array(foldOf.length);
  const place = (fold: number, probabilities: Float64Array): void => {
    let next = 0;
    for (let row = 0; row < foldOf.length; row++)
      if (foldOf[row] === fold) outOfFold[row] = probabilities[next++];
  };
  try {
    await Promise.all(
      Array.from({ length: foldsTotal }, async (_, fold) => {
        const known = folds[fold];
        if (known !== undefined && (await artifacts.has(known))) {
          place(fold, toFloat64(await artifacts.get(known)));
          return;
        }
        const result = await train(fold, either);
        folds[fold] = await artifacts.put(new Uint8Array(result.probabilities.buffer));
        seconds += result.seconds;
        place(fold, result.probabilities);
        tell();
      }),
    );
    signal.throwIfAborted();
    return { outOfFold, seconds };
  } finally {
    failure.abort();
  }
}

/** Copies, since a file's bytes need not begin at a multiple of eight. */
export const toFloat64 = (bytes: Uint8Array): Float64Array => new Float64Array(Uint8Array.from(bytes).buffer);

import { splitTable, type TableSplit } from '../../ml/dataset/splitTable.ts';
import { candidatesOf } from '../../ml/definition/candidatesOf.ts';
import type { EvaluatedCandidate, SplitEvaluation } from '../../ml/evaluation/SplitEvaluation.ts';
import { selectChampion } from '../../ml/evaluation/selectChampion.ts';
import type { ActivityPorts } from '../ActivityPorts.ts';
import { blendCandidates } from '../training/blendCandidates.ts';
import { type TrainedCandidate, trainCandidate } from '../training/trainCandidate.ts';
import type { TrainingMaterial } from '../training/TrainingMaterial.ts';

export interface EvaluateSplitOptions extends Omit<TrainingMaterial, 'split'> {
  /** Left out: one that the definition's seed draws. Whose holdout a run's is, the customers' ids decide: it would be the same for every seed. */
  readonly split?: TableSplit;
  readonly onCandidate?: (candidate: EvaluatedCandidate) => void;
  readonly signal: AbortSignal;
}

/**
 * Trains on one split what a training run would, by the same code, and measures each candidate's model file on the holdout. The
 * champion is chosen inside the training part. Nothing is registered.
 */
export async function evaluateSplit(
  ports: Pick<ActivityPorts, 'artifacts' | 'training' | 'logger'>,
  options: EvaluateSplitOptions,
): Promise<SplitEvaluation> {
  const { definition, table, onCandidate, signal } = options;
  const { seed, selection } = definition;
  const { labels, eventTime } = table;
  const material = {
    ...options,
    split: options.split ?? splitTable({ labels, eventTime }, { ...definition.split, seed }),
  };
  const tell = (candidate: TrainedCandidate): TrainedCandidate => {
    onCandidate?.(measured(candidate));
    return candidate;
  };
  const names = candidatesOf(definition);
  // One that fails stops its brothers: nobody waits for them any more.
  const failure = new AbortController();
  const either = AbortSignal.any([signal, failure.signal]);
  try {
    const candidates = await Promise.all(
      names
        .filter(trainer => trainer !== 'blend')
        .map(async trainer => {
          const before = { trainer, folds: {}, foldsTotal: 0, seconds: 0 };
          return tell(
            await trainCandidate(ports, { ...material, trainer, before, onProgress: ignore, signal: either }),
          );
        }),
    );
    if (names.includes('blend'))
      candidates.push(tell(await blendCandidates(ports, { ...material, candidates, signal: either })));
    const { trainer } = selectChampion(candidates, selection, definition.split.folds);
    return { seed, champion: trainer, candidates: candidates.map(measured) };
  } finally {
    failure.abort();
  }
}

/** Nobody takes up an evaluation that was cut short. */
const ignore = (): void => undefined;

const measured = ({ trainer, metrics, crossValidation, seconds }: TrainedCandidate): EvaluatedCandidate => ({
  trainer,
  metrics,
  crossValidation,
  seconds,
});

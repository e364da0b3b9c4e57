import type { ProjectDefinition } from '../definition/ProjectDefinition.ts';
import type { MeanSd } from './Metrics.ts';

interface Contender {
  readonly crossValidation: Readonly<Record<string, MeanSd>>;
}

/**
 * The best candidate by the mean of the selection metric over the folds of the training part: the holdout decides nothing
 * here, so its figures stay honest. Among equals the first wins. A blend, which costs the scoring of all its members, must
 * be better than the best of them by more than one standard error of that difference over the folds (its `gain`).
 * @param folds over how many folds the figures were taken
 * @throws RangeError when there is no candidate
 */
export function selectChampion<T extends Contender>(
  candidates: readonly T[],
  selection: ProjectDefinition['selection'],
  folds: number,
): T {
  const sign = selection === 'logLoss' ? -1 : 1;
  const worth = (candidate: T): number => sign * candidate.crossValidation[selection].mean;
  const isWorthItsCost = ({ crossValidation: { gain } }: T): boolean =>
    gain === undefined || gain.mean > gain.sd / Math.sqrt(folds);
  let best: T | undefined;
  for (const candidate of candidates)
    if (isWorthItsCost(candidate) && (best === undefined || worth(candidate) > worth(best))) best = candidate;
  if (best === undefined) throw new RangeError('There is no trained candidate to choose from.');
  return best;
}

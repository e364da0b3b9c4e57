import type { MeanSd } from './Metrics.ts';
import { meanSd } from './meanSd.ts';
import type { EvaluatedCandidate, SplitEvaluation } from './SplitEvaluation.ts';
import { type MetricSpreads, spreadOf } from './spreadOf.ts';

export interface CandidateSummary {
  readonly candidate: string;
  /** Of how many splits it was the champion. */
  readonly chosen: number;
  readonly metrics: MetricSpreads;
  /** Training time, over all threads. A champion's is the whole split's: nobody knows it before all are trained. */
  readonly seconds: MeanSd;
}

/**
 * Mean and spread over the splits: first of the champion, whoever it was in each, then of every candidate.
 * @throws RangeError where there is no split, or a split lacks its champion
 */
export function summariseSplits(splits: readonly SplitEvaluation[]): CandidateSummary[] {
  const of = (candidate: string): readonly EvaluatedCandidate[] =>
    splits.flatMap(({ candidates }) => candidates.filter(({ trainer }) => trainer === candidate));
  const champions = splits.map(({ seed, champion, candidates }) => {
    const found = candidates.find(({ trainer }) => trainer === champion);
    if (found === undefined)
      throw new RangeError(`split ${seed} has no candidate ${champion}, which is said to be its champion`);
    return { ...found, seconds: candidates.reduce((sum, { seconds }) => sum + seconds, 0) };
  });
  const names = new Set(splits.flatMap(({ candidates }) => candidates.map(({ trainer }) => trainer)));
  return [
    summarise('champion', splits.length, champions),
    ...[...names].map(name =>
      summarise(name, splits.filter(({ champion }) => champion === name).length, of(name)),
    ),
  ];
}

function summarise(
  candidate: CandidateSummary['candidate'],
  chosen: number,
  trained: readonly EvaluatedCandidate[],
): CandidateSummary {
  return {
    candidate,
    chosen,
    metrics: spreadOf(trained.map(({ metrics }) => metrics)),
    seconds: meanSd(trained.map(({ seconds }) => seconds)),
  };
}

import type { ProjectDefinition } from '../definition/ProjectDefinition.ts';
import type { MeanSd } from './Metrics.ts';

interface Contender {
  readonly trainer: string;
  readonly crossValidation: Readonly<Record<string, MeanSd>>;
}

const names = {
  logLoss: 'log-loss',
  rocAuc: 'ROC AUC',
  averagePrecision: 'average precision',
  accuracy: 'accuracy',
} as const;

/**
 * Why selectChampion took this one, as a sentence for people.
 * @param candidates all that were chosen among
 * @param folds over how many folds the figures were taken
 */
export function describeChoice(
  candidates: readonly Contender[],
  { trainer, crossValidation }: Contender,
  selection: ProjectDefinition['selection'],
  folds: number,
): string {
  const metric = names[selection];
  const best = `the ${selection === 'logLoss' ? 'lowest' : 'highest'} ${metric} in cross-validation, ${crossValidation[selection].mean.toFixed(4)}`;
  const standardError = ({ sd }: MeanSd): string => (sd / Math.sqrt(folds)).toFixed(4);
  const { gain } = crossValidation;
  if (gain !== undefined)
    return `${trainer} has ${best}: better than the best of its members by ${gain.mean.toFixed(4)}, more than one standard error of that difference (${standardError(gain)})`;
  const refused = candidates.find(other => other.crossValidation.gain !== undefined);
  if (refused === undefined) return `${trainer} has ${best}`;
  const missed = refused.crossValidation.gain;
  return missed.mean > 0
    ? `${trainer} has ${best}, of one model alone; the ${refused.trainer} is better by ${missed.mean.toFixed(4)}, within one standard error of that difference (${standardError(missed)}), and costs the scoring of all its members`
    : `${trainer} has ${best}; the ${refused.trainer} is no better`;
}

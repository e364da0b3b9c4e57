import { metricNames } from '../../ml/definition/ProjectDefinition.ts';
import type { MeanSd } from '../../ml/evaluation/Metrics.ts';
import type { CandidateSummary } from '../../ml/evaluation/summariseSplits.ts';
import { formatMetric } from './format.ts';
import { printTable } from './printTable.ts';

const spread = ({ mean, sd }: MeanSd): string => `${formatMetric(mean)} ± ${formatMetric(sd)}`;

/** A line for each metric, a column for each candidate: the mean over the splits ± its standard deviation. */
export function printSummary(stdout: NodeJS.WriteStream, summary: readonly CandidateSummary[]): void {
  printTable(
    stdout,
    [
      { title: 'METRIC' },
      ...summary.map(({ candidate }) => ({ title: candidate.toUpperCase(), align: 'right' as const })),
    ],
    [
      ...metricNames.map(name => [name, ...summary.map(({ metrics }) => spread(metrics[name]))]),
      ...(summary.some(({ metrics }) => metrics.profit !== undefined)
        ? [['profit', ...summary.map(({ metrics: { profit } }) => (profit ? spread(profit) : '-'))]]
        : []),
      ['seconds', ...summary.map(({ seconds: { mean, sd } }) => `${mean.toFixed(1)} ± ${sd.toFixed(1)}`)],
      ['champion of', ...summary.map(({ chosen }) => `${chosen} of ${summary[0].chosen}`)],
    ],
  );
}

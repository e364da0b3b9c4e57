import type { MetricName } from '../definition/ProjectDefinition.ts';
import { byMetric } from './byMetric.ts';
import type { MeanSd, Metrics } from './Metrics.ts';
import { meanSd } from './meanSd.ts';

export type MetricSpreads = Readonly<Record<MetricName, MeanSd>> & { readonly profit?: MeanSd };

/** Mean and sample standard deviation of every metric over folds or splits. @throws RangeError where there is none */
export function spreadOf(several: readonly Metrics[]): MetricSpreads {
  const profits = several.flatMap(({ profit }) => profit ?? []);
  return {
    ...byMetric(name => meanSd(several.map(metrics => metrics[name]))),
    ...(profits.length > 0 ? { profit: meanSd(profits) } : {}),
  };
}

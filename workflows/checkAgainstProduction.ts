import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/createActivities.ts';
import { checkGate, type GateCheck } from '../ml/evaluation/checkGate.ts';
import type { Metrics } from '../ml/evaluation/Metrics.ts';
import type { ProjectDefinition } from '../ml/definition/ProjectDefinition.ts';
import { DATA_BOUND, QUICK } from './activityOptions.ts';

interface Challenge {
  readonly model: string;
  /** Artifact digests of the definition and of the validated table. */
  readonly definition: string;
  readonly table: string;
  readonly rules: ProjectDefinition['gate'];
  readonly metrics: Metrics;
}

const { productionVersion } = proxyActivities<Activities>(QUICK);
const { evaluateVersion } = proxyActivities<Activities>(DATA_BOUND);

/** The gate for a version: its floors, and Production on the same holdout, as Production is at this moment. */
export async function checkAgainstProduction({
  model,
  definition,
  table,
  rules,
  metrics,
}: Challenge): Promise<{ readonly production: number | null; readonly gate: GateCheck[] }> {
  const production = await productionVersion(model);
  const standing =
    production === null ? null : await evaluateVersion({ model, version: production, definition, table });
  const gate: GateCheck[] = [...checkGate(rules, metrics, standing?.metrics ?? null)];
  if (standing?.obstacle) gate.push({ rule: 'comparable', passed: true, detail: standing.obstacle });
  return { production, gate };
}

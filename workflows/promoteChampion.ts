import { executeChild, workflowInfo } from '@temporalio/workflow';
import type { Activities } from '../activities/createActivities.ts';
import type { GateCheck } from '../ml/evaluation/checkGate.ts';
import type { Metrics } from '../ml/evaluation/Metrics.ts';
import { checkAgainstProduction } from './checkAgainstProduction.ts';
import { isConflict } from './isConflict.ts';
import { promoteModel } from './promoteModel.ts';

interface Promotion {
  readonly run: Awaited<ReturnType<Activities['beginRun']>>;
  readonly champion: { readonly version: number; readonly metrics: Metrics };
  /** Artifact digest of the validated table. */
  readonly table: string;
  readonly enter: (stage: string) => void;
}

interface Promoted {
  readonly gate: GateCheck[];
  /** Null where the gate refused the champion. */
  readonly promotedTo: 'production' | 'staging' | null;
}

/**
 * The gate, and the alias that follows from it: Production where nothing is, else Staging. Where another run reaches Production
 * in between, the champion is held against what that run brought.
 */
export async function promoteChampion({ run, champion, table, enter }: Promotion): Promise<Promoted> {
  const { model, definition, trigger, actor = trigger } = run;
  const { workflowId } = workflowInfo();
  for (;;) {
    enter('checking the gate');
    const { production, gate } = await checkAgainstProduction({
      model,
      definition,
      table,
      rules: run.gate,
      metrics: champion.metrics,
    });
    if (!gate.every(check => check.passed)) return { gate, promotedTo: null };
    const alias = production === null ? 'production' : 'staging';
    enter(`promoting version ${champion.version} to ${alias}`);
    const promotion = {
      model,
      version: champion.version,
      alias,
      actor,
      reason: `champion of run ${workflowId}`,
      ...(alias === 'production' ? { expectedVersion: null } : {}),
    } as const;
    try {
      await executeChild(promoteModel, { workflowId: `${workflowId}-promote`, args: [promotion] });
      return { gate, promotedTo: alias };
    } catch (error) {
      if (alias !== 'production' || !isConflict(error)) throw error;
    }
  }
}

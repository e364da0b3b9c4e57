import { runKinds } from '../../db/runs/Run.ts';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import type { Run } from '../../proto/gen/holdfast/v1/run.ts';
import type { ControlPorts } from '../ControlPorts.ts';
import { findRow } from './findRow.ts';
import { mapBounded } from './mapBounded.ts';
import { readUnrecorded } from './readRun.ts';
import { readRunFacts } from './readRunFacts.ts';

/** Workflows that Temporal says are running and the registry does not have: only where workers are far behind. */
const MAXIMUM_UNRECORDED = 50;
const QUESTIONS_IN_FLIGHT = 8;

/** Runs that no worker has begun yet. Empty while Temporal is away: the registry's own rows are worth answering then. */
export async function listUnrecorded(
  ports: Pick<ControlPorts, 'database' | 'temporal' | 'defaultModel'>,
): Promise<Run[]> {
  const { temporal, database } = ports;
  try {
    const running = await temporal.ask(async client => {
      const found: { workflowId: string; runId: string }[] = [];
      const types = runKinds.map(kind => JSON.stringify(kind)).join(', ');
      const query = `WorkflowType IN (${types}) AND ExecutionStatus = "Running"`;
      for await (const { workflowId, runId } of client.workflow.list({ query })) {
        found.push({ workflowId, runId });
        if (found.length === MAXIMUM_UNRECORDED) break;
      }
      return found;
    });
    const runs = await mapBounded(running, QUESTIONS_IN_FLIGHT, async ({ workflowId, runId }) => {
      const facts = await readRunFacts(temporal, workflowId, runId);
      // Temporal's list lags behind: what it calls running may have ended.
      if (facts?.status !== 'running' || (await findRow(database, facts.id)) !== null) return null;
      return readUnrecorded(ports, facts);
    });
    return runs.filter(run => run !== null);
  } catch (error) {
    if (error instanceof HoldfastError && error.code === 'unavailable') return [];
    throw error;
  }
}

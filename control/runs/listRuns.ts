import { z } from 'zod';
import { listVersionsOfRuns } from '../../db/models/listVersionsOfRuns.ts';
import { runKinds } from '../../db/runs/Run.ts';
import { listRuns as readRows } from '../../db/runs/listRuns.ts';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import type { ListRunsRequest, ListRunsResponse, Run } from '../../proto/gen/holdfast/v1/run.ts';
import type { ControlPorts } from '../ControlPorts.ts';
import { encodeRun } from './encodeRun.ts';
import { findRow } from './findRow.ts';
import { mapBounded } from './mapBounded.ts';
import { readUnrecorded } from './readRun.ts';
import { readRunFacts } from './readRunFacts.ts';
import { reconcile } from './reconcile.ts';

const DEFAULT_PAGE = 50;
const pageSize = z.number().int().min(0).max(1000);
/** Workflows that Temporal says are running and the registry does not have: only where workers are far behind. */
const MAXIMUM_UNRECORDED = 50;
/** Runs that are asked for in Temporal at once: a row whose workflow was terminated says running for ever, and is asked each time. */
const QUESTIONS_IN_FLIGHT = 8;

/**
 * Runs, newest first, as they are now; also those that no worker has begun yet.
 * @throws HoldfastError invalidArgument (the page size)
 */
export async function listRuns(ports: ControlPorts, request: ListRunsRequest): Promise<ListRunsResponse> {
  const size = pageSize.safeParse(request.pageSize);
  if (!size.success)
    throw new HoldfastError(
      'invalidArgument',
      `page_size is ${request.pageSize}; expected 1 to 1000, or 0 for ${DEFAULT_PAGE}.`,
      { violations: [{ field: 'page_size', description: 'expected 0 to 1000' }] },
    );
  const limit = size.data || DEFAULT_PAGE;
  const model = request.model || undefined;
  const [rows, unrecorded] = await Promise.all([
    readRows(ports.database, { model, limit }),
    listUnrecorded(ports, model),
  ]);
  const reconciled = await mapBounded(rows, QUESTIONS_IN_FLIGHT, row => reconcile(ports, row));
  const versions = await listVersionsOfRuns(
    ports.database,
    rows.map(({ id }) => id),
  );
  const recorded = reconciled.map(({ row, facts }) =>
    encodeRun(
      row,
      facts,
      versions.filter(({ runId }) => runId === row.id),
    ),
  );
  const runs = [...unrecorded, ...recorded].sort((a, b) => startOf(b) - startOf(a));
  return { runs: runs.slice(0, limit) };
}

const startOf = ({ startTime }: Run): number => startTime?.getTime() ?? 0;

async function listUnrecorded(ports: ControlPorts, model: string | undefined): Promise<Run[]> {
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
    return runs.filter(run => run !== null).filter(run => model === undefined || run.model === model);
  } catch (error) {
    // The registry's own rows are worth answering while Temporal is away.
    if (error instanceof HoldfastError && error.code === 'unavailable') return [];
    throw error;
  }
}

import { findRow } from './findRow.ts';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import type { RunSummary } from '../../db/runs/Run.ts';
import type { ControlPorts } from '../ControlPorts.ts';
import type { RunFacts } from './RunFacts.ts';
import { readRunFacts } from './readRunFacts.ts';

export interface ReconciledRun {
  readonly row: RunSummary;
  /** Null once it ended, and while Temporal does not answer. */
  readonly facts: RunFacts | null;
}

/**
 * A row that says running, held against Temporal: a workflow that was terminated, timed out or forgotten could not write its
 * own end. The row itself stays as it is, for only the worker writes it.
 */
export async function reconcile(
  ports: Pick<ControlPorts, 'database' | 'temporal'>,
  row: RunSummary,
): Promise<ReconciledRun> {
  if (row.status !== 'running') return { row, facts: null };
  const facts = await readFacts(ports, row);
  if (facts === 'away')
    return {
      row: { ...row, stage: `${row.stage} (last known: Temporal does not answer)`.trim() },
      facts: null,
    };
  if (facts?.status === 'running') return { row, facts };
  // It ended between the two questions, most likely in good order.
  const now = (await findRow(ports.database, row.id)) ?? row;
  if (now.status !== 'running') return { row: now, facts: null };
  if (facts === null)
    return {
      row: {
        ...now,
        status: 'failed',
        error: `Temporal at ${ports.temporal.address} does not know this run any more: its history expired, or its database was replaced. Start another one.`,
      },
      facts: null,
    };
  return {
    row: {
      ...now,
      status: facts.status,
      error: facts.reason ?? 'it ended in Temporal, but the registry was never told how',
      finishedAt: facts.endedAt,
    },
    facts: null,
  };
}

async function readFacts(
  { temporal }: Pick<ControlPorts, 'temporal'>,
  row: RunSummary,
): Promise<RunFacts | null | 'away'> {
  try {
    // The newest execution of the workflow first: a run that an operator reset goes on under another execution's id.
    const newest = await readRunFacts(temporal, row.workflowId);
    if (newest === null || newest.id === row.id) return newest;
    return await readRunFacts(temporal, row.workflowId, row.id);
  } catch (error) {
    if (error instanceof HoldfastError && error.code === 'unavailable') return 'away';
    throw error;
  }
}

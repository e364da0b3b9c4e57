import { noSuchRun } from '../../db/runs/noSuchRun.ts';
import type { RunSummary } from '../../db/runs/Run.ts';
import { listVersionsOfRuns } from '../../db/models/listVersionsOfRuns.ts';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import type { Run } from '../../proto/gen/holdfast/v1/run.ts';
import type { ControlPorts } from '../ControlPorts.ts';
import { encodeRun } from './encodeRun.ts';
import { encodeUnrecordedRun } from './encodeUnrecordedRun.ts';
import { findRow } from './findRow.ts';
import type { RunFacts } from './RunFacts.ts';
import { findWorkflowOfRun } from './findWorkflowOfRun.ts';
import { readRunFacts } from './readRunFacts.ts';
import { readStartInput } from './readStartInput.ts';
import { reconcile } from './reconcile.ts';

/**
 * A run as it is now: its row, with what only Temporal knows while it runs; a run that no worker has begun yet out of
 * Temporal alone.
 * @param reference A run id, or a workflow id (its newest run).
 * @throws HoldfastError notFound; unavailable where Temporal is needed to answer and does not
 */
export async function readRun(ports: ControlPorts, reference: string): Promise<Run> {
  if (reference.trim() === '')
    throw new HoldfastError(
      'invalidArgument',
      'run is empty; expected a run id or a workflow id. See `./holdfast runs list`.',
    );
  const row = await findRow(ports.database, reference);
  if (row !== null && (row.id === reference || row.status === 'running')) return readRecorded(ports, row);
  const facts = await findFacts(ports, reference, row);
  if (row !== null && (facts === null || facts.id === row.id || facts.status !== 'running'))
    return readRecorded(ports, row);
  if (facts === null) throw noSuchRun(reference);
  return readUnrecorded(ports, facts);
}

/** The same where both ids are known: needs no search, which lags behind a run that has just been started. */
export async function readRunOf(ports: ControlPorts, workflowId: string, runId: string): Promise<Run> {
  const row = await findRow(ports.database, runId);
  if (row !== null) return readRecorded(ports, row);
  const facts = await readRunFacts(ports.temporal, workflowId, runId);
  if (facts === null) throw noSuchRun(runId);
  return readUnrecorded(ports, facts);
}

async function readRecorded(ports: ControlPorts, row: RunSummary): Promise<Run> {
  const { row: now, facts } = await reconcile(ports, row);
  return encodeRun(now, facts, await listVersionsOfRuns(ports.database, [row.id]));
}

/** A workflow id may have been started again since the newest row was written: Temporal knows. */
async function findFacts(
  { temporal }: ControlPorts,
  reference: string,
  row: RunSummary | null,
): Promise<RunFacts | null> {
  try {
    const facts = await readRunFacts(temporal, reference);
    if (facts !== null || row !== null) return facts;
    const workflowId = await findWorkflowOfRun(temporal, reference);
    return workflowId === null ? null : await readRunFacts(temporal, workflowId, reference);
  } catch (error) {
    if (row !== null && error instanceof HoldfastError && error.code === 'unavailable') return null;
    throw error;
  }
}

/** A run of which the registry knows nothing. */
export async function readUnrecorded(
  { temporal, defaultModel }: Pick<ControlPorts, 'temporal' | 'defaultModel'>,
  facts: RunFacts,
): Promise<Run> {
  const { model = defaultModel, trigger = 'temporal' } = await readStartInput(
    temporal,
    facts.workflowId,
    facts.id,
  );
  return encodeUnrecordedRun(facts, { model, trigger });
}

import {
  type Client,
  QueryNotRegisteredError,
  QueryRejectedError,
  ServiceError,
  type WorkflowExecutionDescription,
  WorkflowNotFoundError,
} from '@temporalio/client';
import { arrayFromPayloads, defaultPayloadConverter } from '@temporalio/common';
import { z } from 'zod';
import { runKinds, type RunStatus } from '../../db/runs/Run.ts';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import type { TrainCandidateHeartbeat, TrainModelProgress } from '../../platform/workflowContract.ts';
import { TRAINER_ACTIVITY, trainerOfActivity } from '../../platform/trainerContract.ts';
import type { Temporal } from '../temporal/createTemporal.ts';
import { readReason } from '../temporal/readReason.ts';
import type { RunFacts } from './RunFacts.ts';

/** A worker that is up answers in milliseconds; where none is, the run is shown without live progress. */
const QUERY_MS = 1_500;

const heartbeat = z.object({
  trainer: z.string(),
  trials: z.record(z.string(), z.string()).optional(),
  folds: z.record(z.string(), z.string()),
  foldsTotal: z.number(),
  seconds: z.number(),
});

const statuses: Readonly<Record<string, RunStatus>> = {
  RUNNING: 'running',
  PAUSED: 'running',
  CONTINUED_AS_NEW: 'running',
  COMPLETED: 'succeeded',
  CANCELLED: 'cancelled',
};

/**
 * Asks Temporal for a run.
 * @param runId Temporal's run id; left out: the newest run of the workflow id.
 * @returns null where Temporal does not know it, or it is no run, or a part of one.
 * @throws HoldfastError unavailable where Temporal does not answer
 */
export async function readRunFacts(
  temporal: Temporal,
  workflowId: string,
  runId?: string,
): Promise<RunFacts | null> {
  const description = await temporal.ask(client => describe(client, workflowId, runId));
  const kind = runKinds.find(known => known === description?.type);
  if (description === null || kind === undefined || isPart(description)) return null;
  const status = statuses[description.status.name] ?? 'failed';
  const running = status === 'running';
  return {
    workflowId,
    kind,
    id: description.raw.workflowExecutionInfo?.firstRunId || description.runId,
    startedAt: description.startTime,
    endedAt: description.closeTime ?? null,
    status,
    reason:
      running || status === 'succeeded' ? null : await readReason(temporal, workflowId, description.runId),
    progress: running ? await queryProgress(temporal, workflowId, description.runId) : null,
    heartbeats: running ? readHeartbeats(description) : new Map(),
    queued: running ? readQueued(description) : new Set(),
  };
}

const isPart = ({ raw }: WorkflowExecutionDescription): boolean =>
  Boolean(raw.workflowExecutionInfo?.parentExecution?.workflowId);

async function describe(
  client: Client,
  workflowId: string,
  runId: string | undefined,
): Promise<WorkflowExecutionDescription | null> {
  try {
    return await client.workflow.getHandle(workflowId, runId).describe();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}

async function queryProgress(
  temporal: Temporal,
  workflowId: string,
  runId: string,
): Promise<TrainModelProgress | null> {
  try {
    return await temporal.ask(
      client => client.workflow.getHandle(workflowId, runId).query<TrainModelProgress>('progress'),
      QUERY_MS,
    );
  } catch (error) {
    // Temporal has just answered, so this is the worker: none runs, or it has not begun the workflow yet. Then there is no
    // progress to tell.
    if (
      error instanceof QueryNotRegisteredError ||
      error instanceof QueryRejectedError ||
      error instanceof ServiceError ||
      error instanceof HoldfastError
    )
      return null;
    throw error;
  }
}

function readHeartbeats({ raw }: WorkflowExecutionDescription): Map<string, TrainCandidateHeartbeat> {
  const beats = new Map<string, TrainCandidateHeartbeat>();
  for (const { activityType, heartbeatDetails } of raw.pendingActivities ?? []) {
    if (activityType?.name !== 'trainCandidate') continue;
    const [details] = arrayFromPayloads(defaultPayloadConverter, heartbeatDetails?.payloads);
    const beat = heartbeat.safeParse(details);
    // An activity that has not beaten yet has no details.
    if (beat.success) beats.set(beat.data.trainer, beat.data);
  }
  return beats;
}

/** Nobody has taken up what is scheduled for the first time; afterwards it waits for another attempt. */
function readQueued({ raw }: WorkflowExecutionDescription): Set<string> {
  const queued = new Set<string>();
  for (const { activityType, activityId, lastStartedTime } of raw.pendingActivities ?? []) {
    const trainer = activityType?.name === TRAINER_ACTIVITY ? trainerOfActivity(activityId ?? '') : null;
    if (trainer !== null && !lastStartedTime) queued.add(trainer);
  }
  return queued;
}

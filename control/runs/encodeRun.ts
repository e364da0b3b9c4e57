import { z } from 'zod';
import type { ModelVersion } from '../../db/models/ModelVersion.ts';
import type { TrainingResult, RunStatus as RegisteredStatus, RunSummary } from '../../db/runs/Run.ts';
import { describeSearch } from '../../ml/trainers/search/describeSearch.ts';
import { Candidate, Run, RunStatus } from '../../proto/gen/holdfast/v1/run.ts';
import type { RunFacts } from './RunFacts.ts';

export const encodeStatus: Readonly<Record<RegisteredStatus, RunStatus>> = {
  running: RunStatus.RUN_STATUS_RUNNING,
  succeeded: RunStatus.RUN_STATUS_SUCCEEDED,
  failed: RunStatus.RUN_STATUS_FAILED,
  cancelled: RunStatus.RUN_STATUS_CANCELLED,
};

/**
 * A run as the message of the API: its row, with what Temporal knows of it while it runs.
 * @param facts Null for a run that ended, and while Temporal does not answer.
 * @param versions What the run registered.
 */
export function encodeRun(
  row: RunSummary,
  facts: RunFacts | null,
  versions: readonly ModelVersion[] = [],
): Run {
  const progress = facts?.progress ?? null;
  const dataset = row.dataset ?? progress?.dataset ?? null;
  const isNew = row.result !== null && 'isNew' in row.result ? row.result.isNew : undefined;
  const trained = row.result !== null && 'championVersion' in row.result ? row.result : null;
  return Run.fromPartial({
    id: row.id,
    workflowId: row.workflowId,
    model: row.model,
    kind: row.kind,
    trigger: row.trigger,
    status: encodeStatus[row.status],
    stage: progress?.stage ?? row.stage,
    error: row.error ?? '',
    errorCode: row.errorCode ?? '',
    dataset: dataset === null ? undefined : { ...dataset, isNew },
    candidates: encodeCandidates(facts, versions, trained?.leftOut ?? []),
    result: trained
      ? {
          championVersion: trained.championVersion,
          choice: trained.choice,
          promotedTo: trained.promotedTo ?? '',
          gate: [...trained.gate],
          input: row.input,
        }
      : undefined,
    startTime: row.startedAt,
    endTime: row.finishedAt ?? undefined,
  });
}

/** Of a version whose trainer searched. */
const parametersOfSearch = z.object({
  search: z.object({
    budgetSeconds: z.number(),
    folds: z.number(),
    trials: z.array(z.object({ changes: z.record(z.string(), z.unknown()), logLoss: z.array(z.number()) })),
    chosen: z.number(),
    endedBy: z.enum(['plan', 'budget', 'clock']),
  }),
});

/** In the order in which the definition names the trainers, as far as anybody told it. */
function encodeCandidates(
  facts: RunFacts | null,
  versions: readonly ModelVersion[],
  leftOut: NonNullable<TrainingResult['leftOut']>,
): Candidate[] {
  const live = new Map(facts?.progress?.candidates.map(candidate => [candidate.trainer, candidate]));
  const trained = new Map(versions.map(version => [version.trainer, version]));
  // Versions come newest first; they were registered in the definition's order.
  const inOrder = [...trained.keys()].toReversed();
  const reasons = new Map(leftOut.map(({ trainer, reason }) => [trainer, reason]));
  const trainers = new Set([...live.keys(), ...inOrder, ...reasons.keys()]);
  return [...trainers].map(trainer => {
    const version = trained.get(trainer);
    const now = live.get(trainer);
    const searched = parametersOfSearch.safeParse(version?.parameters);
    const beat = facts?.heartbeats.get(trainer);
    const leftOutBecause = reasons.get(trainer) ?? now?.reason;
    const isQueued = facts?.queued.has(trainer) === true;
    const status =
      version !== undefined
        ? 'trained'
        : leftOutBecause !== undefined
          ? 'left out'
          : isQueued
            ? 'waiting'
            : (now?.status ?? 'waiting');
    const foldsTotal = now?.foldsTotal ?? beat?.foldsTotal ?? 0;
    const foldsDone = beat === undefined ? now?.foldsDone : Object.keys(beat.folds).length;
    return Candidate.fromPartial({
      trainer,
      status,
      foldsDone: status === 'trained' ? foldsTotal : foldsDone,
      foldsTotal,
      trialsDone: status === 'trained' ? 0 : Object.keys(beat?.trials ?? {}).length,
      metrics: version?.metrics,
      crossValidation: version?.crossValidation ?? {},
      seconds: version?.seconds ?? beat?.seconds,
      version: version?.version,
      digest: version?.digest,
      reason: leftOutBecause ?? (isQueued ? 'nobody polls its task queue yet' : undefined),
      search: searched.success ? describeSearch(searched.data.search) : undefined,
    });
  });
}

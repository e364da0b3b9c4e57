import { Run, RunStatus } from '../../proto/gen/holdfast/v1/run.ts';
import { encodeStatus } from './encodeRun.ts';
import type { RunFacts } from './RunFacts.ts';

/** A run that the registry does not have: no worker has begun it yet, or it ended before one did. */
export function encodeUnrecordedRun(
  facts: RunFacts,
  start: { readonly model: string; readonly trigger: string },
): Run {
  const running = facts.status === 'running';
  return Run.fromPartial({
    id: facts.id,
    workflowId: facts.workflowId,
    model: start.model,
    kind: facts.kind,
    trigger: start.trigger,
    status: running ? RunStatus.RUN_STATUS_RUNNING : encodeStatus[facts.status],
    stage: running ? (facts.progress?.stage ?? 'waiting for a worker') : '',
    error: facts.reason ?? '',
    startTime: facts.startedAt,
    endTime: facts.endedAt ?? undefined,
  });
}

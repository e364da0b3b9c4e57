import type { RunKind, RunStatus } from '../../db/runs/Run.ts';
import type { TrainCandidateHeartbeat, TrainModelProgress } from '../../platform/workflowContract.ts';

// What Temporal knows of a run that the registry cannot know: how far it is at this moment, or that it ended without
// being able to say so.

export interface RunFacts {
  readonly workflowId: string;
  readonly kind: RunKind;
  /** Temporal's first execution run id: the run's id. */
  readonly id: string;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
  readonly status: RunStatus;
  /** Why it ended without a result; null where it did not. */
  readonly reason: string | null;
  /** Null where no worker answers, and once it ended. */
  readonly progress: TrainModelProgress | null;
  /** Of the candidates that are in training, by trainer. */
  readonly heartbeats: ReadonlyMap<string, TrainCandidateHeartbeat>;
  /** Trainers elsewhere that nobody has begun with: their work lies in a queue. */
  readonly queued: ReadonlySet<string>;
}

import type { Database } from '../db/Database.ts';
import type { Logger } from '../observability/createLogger.ts';
import type { ArtifactStore } from '../platform/ArtifactStore.ts';
import type { TrainingPool } from './training/createTrainingPool.ts';

/** What the activities reach the world through; bin/worker.ts makes the real ones, tests their own. */
export interface ActivityPorts {
  readonly database: Database;
  readonly artifacts: ArtifactStore;
  readonly training: TrainingPool;
  readonly logger: Logger;
  /** The folder of state (HOLDFAST_HOME): simulated tables and quarantine files lie below it. */
  readonly home: string;
  readonly defaultModel: string;
  /** Aborted when the worker begins to end: what waits for nobody stops at once instead of holding the end up. */
  readonly closing: AbortSignal;
  /** Asks that the run be shown in MLflow as the registry has it by now. Does nothing where there is no MLflow. */
  readonly track: (run: { readonly id: string; readonly model: string }) => Promise<void>;
  /** The worker's own: where definitions name secrets, they are looked up here and nowhere else. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Has the missing reports of the run's model made; what asks goes on at once. */
  readonly report: (run: { readonly id: string; readonly model: string }) => Promise<void>;
}

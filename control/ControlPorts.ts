import type { Database } from '../db/Database.ts';
import type { ArtifactStore } from '../platform/ArtifactStore.ts';
import type { Logger } from '../observability/createLogger.ts';
import type { Temporal } from './temporal/createTemporal.ts';

/** What the handlers reach the world through; bin/control.ts makes the real ones. */
export interface ControlPorts {
  readonly database: Database;
  /** Takes files that are brought, gives those that are asked for; rows are the worker's to write. */
  readonly artifacts: ArtifactStore;
  readonly temporal: Temporal;
  readonly logger: Logger;
  /** The model of requests that name none. */
  readonly defaultModel: string;
  /** host:port as it is served, for the status. */
  readonly address: string;
}

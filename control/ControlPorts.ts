import type { Database } from '../db/Database.ts';
import type { ArtifactStore } from '../platform/ArtifactStore.ts';
import type { Logger } from '../observability/createLogger.ts';
import type { Authorizer } from '../platform/grpc/Authorizer.ts';
import type { Temporal } from './temporal/createTemporal.ts';

/** What the handlers reach the world through; bin/control.ts makes the real ones. */
export interface ControlPorts {
  readonly database: Database;
  /** Takes files that are brought, gives those that are asked for; rows are the worker's to write. */
  readonly artifacts: ArtifactStore;
  readonly temporal: Temporal;
  readonly authorizer: Authorizer;
  /** Returns when this process knows of users and keys what the database says now; never rejects. */
  readonly refreshCredentials: () => Promise<void>;
  /** Addresses of gateways, which say whom they call for. */
  readonly trustedProxies: readonly string[];
  /** Folders of the workers below which a caller on another machine may name files. */
  readonly dataRoots: readonly string[];
  readonly logger: Logger;
  /** The model of requests that name none. */
  readonly defaultModel: string;
  /** host:port as it is served, for the status. */
  readonly address: string;
}

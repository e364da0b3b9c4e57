import type { Database } from '../Database.ts';
import { findVersions } from './findVersions.ts';
import type { ModelVersion } from './ModelVersion.ts';

/** What the runs registered, newest first within a model. */
export const listVersionsOfRuns = (database: Database, runIds: readonly string[]): Promise<ModelVersion[]> =>
  database.read(manager => findVersions(manager, { runId: { $in: [...runIds] } }));

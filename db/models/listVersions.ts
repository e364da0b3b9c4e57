import type { Database } from '../Database.ts';
import { findVersions } from './findVersions.ts';
import type { ModelVersion } from './ModelVersion.ts';

/** Newest first. */
export const listVersions = (database: Database, model: string): Promise<ModelVersion[]> =>
  database.read(manager => findVersions(manager, { model }));

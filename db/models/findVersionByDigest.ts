import type { Database } from '../Database.ts';
import { findVersions } from './findVersions.ts';
import type { ModelVersion } from './ModelVersion.ts';

/** The model's newest version with this very file; null where there is none. */
export const findVersionByDigest = (
  database: Database,
  model: string,
  digest: string,
): Promise<ModelVersion | null> =>
  database.read(async manager => (await findVersions(manager, { model, digest }))[0] ?? null);

import type { ListQuery } from '../../platform/listing/readListQuery.ts';
import type { Database } from '../Database.ts';
import { type Page, readPage } from '../listing/readPage.ts';
import { findVersions } from './findVersions.ts';
import type { ModelVersion } from './ModelVersion.ts';
import { versionList } from './versionList.ts';

/** All of a model, newest first. */
export const listVersions = (database: Database, model: string): Promise<ModelVersion[]> =>
  database.read(manager => findVersions(manager, { model }));

/** A page of a model's versions; the query names the model. */
export const listVersionsPage = (database: Database, query: ListQuery): Promise<Page<ModelVersion>> =>
  database.read(async manager => {
    const { items, nextPageToken } = await readPage<{ id: number; version: number }>(
      manager,
      versionList,
      query,
    );
    const found = await findVersions(manager, { id: { $in: items.map(({ id }) => id) } });
    const byNumber = new Map(found.map(version => [version.version, version]));
    return { items: items.flatMap(({ version }) => byNumber.get(version) ?? []), nextPageToken };
  });

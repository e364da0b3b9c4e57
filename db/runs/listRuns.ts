import type { Value } from '../../platform/listing/ListDeclaration.ts';
import type { ListQuery } from '../../platform/listing/readListQuery.ts';
import type { Database } from '../Database.ts';
import { TrainingRunEntity } from '../entities/TrainingRunEntity.ts';
import { readRows } from '../listing/readPage.ts';
import type { RunSummary } from './Run.ts';
import { runList } from './runList.ts';
import { toRunSummary } from './toRun.ts';

export interface ListedRun {
  readonly run: RunSummary;
  /** Its values of the fields that the list is ordered by. */
  readonly place: readonly Value[];
}

/** Runs as they are recorded, from where the query begins, at most its limit. */
export const listRuns = (
  database: Database,
  query: Pick<ListQuery, 'limit' | 'filter' | 'order' | 'after'>,
): Promise<ListedRun[]> =>
  database.read(async manager => {
    const found = await readRows<{ id: string }>(manager, runList, query);
    const rows = await manager.find(
      TrainingRunEntity,
      { id: { $in: found.map(({ row }) => row.id) } },
      { populate: ['datasetVersion'] },
    );
    const runs = new Map(rows.map(row => [row.id, toRunSummary(row)]));
    return found.flatMap(({ row: { id }, place }) => {
      const run = runs.get(id);
      return run === undefined ? [] : [{ run, place }];
    });
  });

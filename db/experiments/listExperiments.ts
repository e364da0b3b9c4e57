import type { ListQuery } from '../../platform/listing/readListQuery.ts';
import type { Database } from '../Database.ts';
import { type Page, readPage } from '../listing/readPage.ts';
import { experimentList } from './experimentList.ts';
import { type ExperimentFilter, findExperiments } from './findExperiments.ts';
import type { Experiment } from './Experiment.ts';

/** Newest first. */
export const listExperiments = (database: Database, filter: ExperimentFilter = {}): Promise<Experiment[]> =>
  database.read(manager => findExperiments(manager, filter));

/** A page of experiments, without their history. */
export const listExperimentsPage = (database: Database, query: ListQuery): Promise<Page<Experiment>> =>
  database.read(async manager => {
    const { items, nextPageToken } = await readPage<{ model: string; name: string }>(
      manager,
      experimentList,
      query,
    );
    const among = items.map(({ model, name }) => ({ model, name }));
    const found = await findExperiments(manager, { among });
    const experiments = items.flatMap(
      ({ model, name }) => found.find(each => each.model === model && each.name === name) ?? [],
    );
    return { items: experiments, nextPageToken };
  });

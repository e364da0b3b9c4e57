import type { Database } from '../Database.ts';
import { type ExperimentFilter, findExperiments } from './findExperiments.ts';
import type { Experiment } from './Experiment.ts';

/** Newest first. */
export const listExperiments = (database: Database, filter: ExperimentFilter = {}): Promise<Experiment[]> =>
  database.read(manager => findExperiments(manager, filter));

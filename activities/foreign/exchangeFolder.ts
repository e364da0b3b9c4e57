import { join } from 'node:path';

/** Where a run and a trainer that is not ours leave each other files: readable for the same user only. */
export const exchangeFolder = (home: string, runId: string, trainer: string): string =>
  join(home, 'trainers', runId, encodeURIComponent(trainer));

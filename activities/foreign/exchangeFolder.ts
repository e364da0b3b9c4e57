import { join } from 'node:path';

// Where a run and its trainers that are not ours leave each other files: readable for the same user only, and gone when the run
// ends, however it ends (endRun).

export const runFolder = (home: string, runId: string): string => join(home, 'trainers', runId);

export const exchangeFolder = (home: string, runId: string, trainer: string): string =>
  join(runFolder(home, runId), encodeURIComponent(trainer));

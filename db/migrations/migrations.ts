import { Migration0001Registry } from './Migration0001Registry.ts';
import { Migration0002ModelReport } from './Migration0002ModelReport.ts';
import { Migration0003Imports } from './Migration0003Imports.ts';
import { Migration0004IngestRuns } from './Migration0004IngestRuns.ts';
import { Migration0006Experiments } from './Migration0006Experiments.ts';
import { Migration0007Predictions } from './Migration0007Predictions.ts';
import { Migration0008Accounts } from './Migration0008Accounts.ts';
import { Migration0009Control } from './Migration0009Control.ts';
import { Migration0010Outcomes } from './Migration0010Outcomes.ts';
import { Migration0011RunErrorCode } from './Migration0011RunErrorCode.ts';
import { Migration0012UnloadedModels } from './Migration0012UnloadedModels.ts';
import { Migration0013Lists } from './Migration0013Lists.ts';
import { Migration0014Keys } from './Migration0014Keys.ts';

/** Every migration, in the order in which they are applied. */
export const migrations = [
  { name: '0001_registry', class: Migration0001Registry },
  { name: '0002_model_report', class: Migration0002ModelReport },
  { name: '0003_imports', class: Migration0003Imports },
  { name: '0004_ingest_runs', class: Migration0004IngestRuns },
  { name: '0006_experiments', class: Migration0006Experiments },
  { name: '0007_predictions', class: Migration0007Predictions },
  { name: '0008_accounts', class: Migration0008Accounts },
  { name: '0009_control', class: Migration0009Control },
  { name: '0010_outcomes', class: Migration0010Outcomes },
  { name: '0011_run_error_code', class: Migration0011RunErrorCode },
  { name: '0012_unloaded_models', class: Migration0012UnloadedModels },
  { name: '0013_lists', class: Migration0013Lists },
  { name: '0014_keys', class: Migration0014Keys },
];

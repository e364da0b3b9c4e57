import { listAliases } from '../db/aliases/listAliases.ts';
import type { Database } from '../db/Database.ts';
import { listExperiments } from '../db/experiments/listExperiments.ts';
import type { LazyDatabase } from '../db/openLazily.ts';
import { listServable } from '../db/models/listServable.ts';
import { getVersion } from '../db/models/getVersion.ts';
import { forgetProcess } from '../db/processes/forgetProcess.ts';
import { listUnloaded } from '../db/processes/listUnloaded.ts';
import { reportLoaded } from '../db/processes/reportLoaded.ts';
import { setUnloaded } from '../db/processes/setUnloaded.ts';
import type { RunningExperiment } from './experiments/RunningExperiment.ts';
import type { ModelRegistry } from './ModelRegistry.ts';

/** The registry in PostgreSQL. */
export const createDatabaseRegistry = (database: LazyDatabase): ModelRegistry => ({
  listAliases: async () => listAliases(await database.get()),
  listVersions: async () => listServable(await database.get()),
  listExperiments: async () => listRunning(await database.get()),
  listUnloaded: async () => listUnloaded(await database.get()),
  setUnloaded: async (model, unloaded) => setUnloaded(await database.get(), model, unloaded),
  findDigest: async (model, version) => (await getVersion(await database.get(), model, version)).digest,
  reportLoaded: async (processId, loaded) => reportLoaded(await database.get(), processId, loaded),
  forget: async processId => {
    const opened = await database.opened();
    if (opened !== null) await forgetProcess(opened, processId);
  },
});

async function listRunning(database: Database): Promise<RunningExperiment[]> {
  const running = await listExperiments(database, { status: 'running' });
  return Promise.all(
    running.map(async ({ model, name, salt, allocation, arms }) => ({
      model,
      name,
      salt,
      allocation,
      arms: await Promise.all(
        arms.map(async arm => ({
          ...arm,
          digest: arm.version === null ? null : (await getVersion(database, model, arm.version)).digest,
        })),
      ),
    })),
  );
}

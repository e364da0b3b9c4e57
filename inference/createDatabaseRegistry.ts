import { listAliases } from '../db/aliases/listAliases.ts';
import type { Database } from '../db/Database.ts';
import { listExperiments } from '../db/experiments/listExperiments.ts';
import { getVersion } from '../db/models/getVersion.ts';
import { forgetProcess } from '../db/processes/forgetProcess.ts';
import { listUnloaded } from '../db/processes/listUnloaded.ts';
import { reportLoaded } from '../db/processes/reportLoaded.ts';
import { setUnloaded } from '../db/processes/setUnloaded.ts';
import type { RunningExperiment } from './experiments/RunningExperiment.ts';
import type { ModelRegistry } from './ModelRegistry.ts';

/**
 * The registry in PostgreSQL, which need not be there yet: it is opened by the first question that finds it there.
 * @param open one attempt to open it
 */
export function createDatabaseRegistry(open: () => Promise<Database>): ModelRegistry {
  let opening: Promise<Database> | null = null;
  const database = (): Promise<Database> => {
    const attempt = opening ?? open();
    opening = attempt;
    attempt.catch(() => {
      if (opening === attempt) opening = null;
    });
    return attempt;
  };
  return {
    listAliases: async () => listAliases(await database()),
    listExperiments: async () => listRunning(await database()),
    listUnloaded: async () => listUnloaded(await database()),
    setUnloaded: async (model, unloaded) => setUnloaded(await database(), model, unloaded),
    findDigest: async (model, version) => (await getVersion(await database(), model, version)).digest,
    reportLoaded: async (processId, loaded) => reportLoaded(await database(), processId, loaded),
    forget: async processId => {
      if (opening !== null) await forgetProcess(await opening, processId);
    },
    close: async () => {
      const opened = await opening?.catch(() => null);
      await opened?.close();
    },
  };
}

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

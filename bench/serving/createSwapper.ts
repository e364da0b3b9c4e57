import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { moveAlias } from '../../db/aliases/moveAlias.ts';
import { migrate } from '../../db/migrate.ts';
import { registerVersions } from '../../db/models/registerVersions.ts';
import { openDatabase } from '../../db/openDatabase.ts';
import { listLoaded } from '../../db/processes/listLoaded.ts';
import { createLocalArtifactStore } from '../../platform/createLocalArtifactStore.ts';
import { startEmbeddedPostgres } from '../../platform/postgres/startEmbeddedPostgres.ts';
import { sha256 } from '../../platform/sha256.ts';
import { recordRun, sampleCandidate } from '../../test/support/registrySamples.ts';
import { addTestUser } from '../../test/support/testAccess.ts';
import { freePort } from './freePort.ts';
import { apiKey } from './keepModel.ts';
import { fitServed, type ServedTrainer } from './servedModel.ts';

// A registry in a real PostgreSQL with several versions of one model, and promotions that go the way of all: the alias moves,
// PostgreSQL tells the inference processes, each loads, warms up, swaps and says so.

export interface Swapper {
  readonly databaseUrl: string;
  /** Promotes the next version. @returns how long it took until every process had said that it serves it */
  swap(): Promise<number>;
  stop(): Promise<void>;
}

/** The same trees with other thresholds: as different as files can be that cost the same. */
const THRESHOLDS = [0.3, 0.4, 0.5];

/** @param processes how many must say that they serve what was promoted */
export async function createSwapper(
  home: string,
  trainer: ServedTrainer,
  processes: number,
): Promise<Swapper> {
  const files = THRESHOLDS.map(fitServed(trainer));
  const artifacts = createLocalArtifactStore(join(home, 'artifacts'));
  for (const file of files) await artifacts.put(file);
  const folder = join(home, 'postgres');
  await mkdir(folder, { recursive: true });
  const postgres = await startEmbeddedPostgres({ folder, port: await freePort() });
  const database = await openDatabase({ url: postgres.url, applicationName: 'bench', poolSize: 2 });
  const stop = async (): Promise<void> => {
    await database.close();
    await postgres.stop();
  };
  let version = 1;
  const promote = (): Promise<unknown> =>
    moveAlias(database, {
      model: 'churn',
      alias: 'production',
      version,
      actor: 'bench',
      reason: 'a hot swap',
      operationId: randomUUID(),
    });
  try {
    await migrate(database);
    await addCaller(postgres.url);
    await recordRun(database, 'churn', 'bench');
    const candidates = files.map((file, index) =>
      sampleCandidate(`trainer${index}`, { digest: sha256(file) }),
    );
    await registerVersions(database, 'bench', candidates);
    await promote();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    databaseUrl: postgres.url,
    stop,
    swap: async () => {
      version = (version % files.length) + 1;
      const begun = performance.now();
      await promote();
      for (;;) {
        const all = (await listLoaded(database, 'churn')).map(({ loaded }) => loaded);
        const failed = all.find(loaded => loaded?.version === version && loaded.state === 'failed');
        if (failed !== undefined) throw new Error(`version ${version} was not taken: ${failed?.error}`);
        const serving = all.filter(loaded => loaded?.version === version && loaded.state === 'ready');
        if (serving.length === processes) return performance.now() - begun;
        await sleep(10);
      }
    },
  };
}

async function addCaller(connectionString: string): Promise<void> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    await addTestUser((text, values) => client.query(text, [...values]), {
      name: 'bench',
      role: 'predictor',
      key: apiKey,
    });
  } finally {
    await client.end();
  }
}

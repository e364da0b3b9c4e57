import { join } from 'node:path';
import type { AliasName } from '../../db/aliases/Alias.ts';
import { moveAlias } from '../../db/aliases/moveAlias.ts';
import type { Database } from '../../db/Database.ts';
import { registerVersions } from '../../db/models/registerVersions.ts';
import { openDatabase } from '../../db/openDatabase.ts';
import { openLazily } from '../../db/openLazily.ts';
import { type Inference, type InferenceOptions, startInference } from '../../inference/startInference.ts';
import type { ArtifactStore } from '../../platform/ArtifactStore.ts';
import { createLocalArtifactStore } from '../../platform/createLocalArtifactStore.ts';
import { readConfiguration } from '../../platform/configuration.ts';
import { createGrpcClient, type GrpcClient } from '../../platform/grpc/createGrpcClient.ts';
import { PredictionServiceService } from '../../proto/gen/holdfast/v1/prediction.ts';
import { createMetrics, type Metrics } from '../../observability/metrics/createMetrics.ts';
import { collectLogs, type LogLine } from './collectLogs.ts';
import { recordRun, sampleCandidate } from './registrySamples.ts';
import { type SmallModel, smallModel } from './smallModel.ts';
import { TEST_KEY } from './testAccess.ts';
import { type TestDatabase, withDatabase } from './withDatabase.ts';
import { withTemporaryFolder } from './withTemporaryFolder.ts';

// A registry in a real PostgreSQL with small real models, and inference processes over it (in this process, which stands for
// theirs), each with a real gRPC client.

export interface Served {
  readonly inference: Inference;
  readonly client: GrpcClient<typeof PredictionServiceService>;
  readonly logs: LogLine[];
  readonly metrics: Metrics;
}

export interface InferenceWorld {
  readonly home: string;
  readonly database: Database;
  readonly databaseUrl: string;
  readonly sql: TestDatabase['sql'];
  readonly artifacts: ArtifactStore;
  /** Registers models as the versions 1, 2, … of their name, and stores their files. */
  register(...models: Pick<SmallModel, 'bytes' | 'digest' | 'metadata'>[]): Promise<void>;
  promote(version: number, alias?: AliasName, model?: string): Promise<void>;
  /** Starts a process; closed with the world, if not before. */
  start(options?: Partial<InferenceOptions>): Promise<Served>;
}

export const withInference = <T>(test: (world: InferenceWorld) => Promise<T>): Promise<T> =>
  withDatabase((database, { url, sql }) =>
    withTemporaryFolder(async home => {
      const artifacts = createLocalArtifactStore(join(home, 'artifacts'));
      const served: Served[] = [];
      let operations = 0;
      const start = async (options: Partial<InferenceOptions> = {}): Promise<Served> => {
        const one = await serve({ home, connectionString: url, artifacts, ...options });
        served.push(one);
        return one;
      };
      const world: InferenceWorld = {
        home,
        database,
        databaseUrl: url,
        sql,
        artifacts,
        register: async (...models) => {
          const [{ metadata }] = models;
          await recordRun(database, metadata.model, `run-${metadata.model}`);
          await registerVersions(
            database,
            `run-${metadata.model}`,
            models.map(({ digest }, index) => sampleCandidate(`trainer${index + 1}`, { digest })),
          );
          for (const { bytes } of models) await artifacts.put(bytes);
        },
        promote: async (version, alias = 'production', model = 'churn') => {
          operations++;
          const operationId = `operation-${operations}`;
          await moveAlias(database, { model, alias, version, actor: 'test', reason: '', operationId });
        },
        start,
      };
      try {
        return await test(world);
      } finally {
        for (const { client, inference } of served) {
          client.close();
          await inference.close();
        }
      }
    }),
  );

/** One process, over any place where PostgreSQL may or may not be. */
export async function serve(
  options: Pick<InferenceOptions, 'home' | 'connectionString' | 'artifacts'> & Partial<InferenceOptions>,
): Promise<Served> {
  const { logger, lines } = collectLogs();
  const metrics = createMetrics({ process: 'inference', version: 'test' });
  const inference = await startInference({
    database: openLazily(() =>
      openDatabase({ url: options.connectionString, applicationName: 'test-inference', poolSize: 2 }),
    ),
    host: '127.0.0.1',
    port: 0,
    defaultModel: 'churn',
    batching: readConfiguration({}).batching,
    spool: { fsync: 'never', maximumBytes: 1 << 30, retentionDays: 90 },
    maximumOnRequestBytes: readConfiguration({}).maximumOnRequestBytes,
    logger,
    metrics,
    ...options,
  });
  const address = `127.0.0.1:${inference.port}`;
  const client = createGrpcClient(PredictionServiceService, {
    address,
    peer: 'the inference server',
    secret: TEST_KEY,
  });
  return { inference, client, logs: lines, metrics };
}

/** A churn model with one version in Production, served. */
export const withServedModel = <T>(test: (served: Served, world: InferenceWorld) => Promise<T>): Promise<T> =>
  withInference(async world => {
    await world.register(smallModel());
    await world.promote(1);
    return test(await world.start(), world);
  });

import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { followCredentials } from '../db/credentials/followCredentials.ts';
import type { LazyDatabase } from '../db/openLazily.ts';
import type { Logger } from '../observability/createLogger.ts';
import { createCallMetrics } from '../observability/metrics/createCallMetrics.ts';
import type { Metrics } from '../observability/metrics/createMetrics.ts';
import { createAuthorizer } from '../platform/access/createAuthorizer.ts';
import { readAccess } from '../platform/access/readAccess.ts';
import type { ArtifactStore } from '../platform/ArtifactStore.ts';
import { createAccessLog } from '../platform/grpc/createAccessLog.ts';
import { createCallTracer } from '../platform/grpc/createCallTracer.ts';
import { readDescriptors } from '../platform/grpc/readDescriptors.ts';
import type { BatcherOptions } from './createBatcher.ts';
import { createCredentialCopy } from './createCredentialCopy.ts';
import { createDatabaseRegistry } from './createDatabaseRegistry.ts';
import { createInferenceServer, type InferenceServerOptions } from './createInferenceServer.ts';
import { createModelStore, type ModelStore } from './createModelStore.ts';
import type { AbDefaults } from './experiments/createExperiments.ts';
import { createShadows } from './experiments/createShadows.ts';
import { keepModelsCurrent } from './keepModelsCurrent.ts';
import { exportInference } from './metrics/exportInference.ts';
import { PredictionCounts } from './metrics/PredictionCounts.ts';
import { openSpool, type PredictionLog, type PredictionLogOptions } from './spool/openSpool.ts';

// An inference process from its parts: store, spool, server, and what keeps the store current; and how it ends.

export interface InferenceOptions {
  /** Closed with the process. */
  readonly database: LazyDatabase;
  /** Of the connection on which PostgreSQL tells of promotions and revoked keys. */
  readonly connectionString: string;
  readonly artifacts: ArtifactStore;
  readonly home: string;
  readonly host: string;
  readonly port: number;
  readonly defaultModel: string;
  readonly batching: BatcherOptions;
  readonly spool: Pick<PredictionLogOptions, 'fsync' | 'maximumBytes' | 'retentionDays'>;
  /** Of models for which no experiment is registered. Default: none. */
  readonly ab?: AbDefaults;
  /** The metadata that names the unit of a call. Default x-unit-id. */
  readonly stickyHeader?: string;
  /** Bound on the files of versions in memory besides Production. */
  readonly maximumOnRequestBytes: number;
  readonly connections?: InferenceServerOptions['connections'];
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Of the calls, how many leave a line in the log. Default: none. */
  readonly accessLogShare?: number;
  /** Whether a span is made of each call. Default: no. */
  readonly traced?: boolean;
  readonly reconcileMs?: number;
  /** The same for keys and sessions. */
  readonly accessReconcileMs?: number;
  readonly heartbeatMs?: number;
  readonly startMs?: number;
}

export interface Inference {
  readonly port: number;
  readonly processId: string;
  readonly store: ModelStore;
  readonly log: Pick<PredictionLog, 'pendingBytes' | 'unkept'>;
  /** Not ready → calls under way end (10 s at most) → everything closed. */
  close(): Promise<void>;
}

/**
 * Listens at once and answers when the first attempt to load models is done. Health is SERVING as soon as it is known which
 * models there are, be it none.
 * @throws HoldfastError failedPrecondition where the port is taken
 */
export async function startInference(options: InferenceOptions): Promise<Inference> {
  const { database, connectionString, artifacts, home, defaultModel, batching, logger } = options;
  const registry = createDatabaseRegistry(database);
  const processId = `${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`;
  const { maximumOnRequestBytes, ab, stickyHeader = 'x-unit-id' } = options;
  const store = createModelStore({
    registry,
    artifacts,
    home,
    processId,
    batching,
    maximumOnRequestBytes,
    logger,
    ab,
  });
  const log = openSpool({ ...options.spool, home, processId, connectionString, logger });
  const shadows = createShadows(logger);
  const counts = new PredictionCounts(name => store.statistics().some(({ model }) => model === name));
  exportInference(options.metrics, { store, counts, log, shadows });
  const access = followCredentials({
    database: () => database.get(),
    server: 'inference',
    copy: createCredentialCopy(home, (error, path) =>
      logger.warn({ err: error, path }, 'The local copy of keys and sessions cannot be read.'),
    ),
    logger,
    reconcileMs: options.accessReconcileMs,
    startMs: options.startMs,
  });
  const server = createInferenceServer({
    store,
    log,
    shadows,
    counts,
    stickyHeader,
    authorizer: createAuthorizer(readAccess(readDescriptors()), access.credentials),
    observers: [
      createCallMetrics(options.metrics),
      createAccessLog({ logger, share: options.accessLogShare ?? 0 }),
      ...(options.traced === true ? [createCallTracer()] : []),
    ],
    logger,
    defaultModel,
    connections: options.connections,
  });
  const { host, reconcileMs, heartbeatMs, startMs } = options;
  const port = await server
    .listen({ host, port: options.port, portVariable: 'HOLDFAST_INFERENCE_PORT' })
    .catch(async (error: unknown) => {
      await access.close();
      await log.close();
      throw error;
    });
  const current = await keepModelsCurrent({
    store,
    connectionString,
    otherChannels: { holdfast_access: () => access.poke() },
    logger,
    reconcileMs,
    heartbeatMs,
    startMs,
    onKnown: () => server.setServing(true),
  });
  await access.ready;
  return {
    port,
    processId,
    store,
    log,
    close: async () => {
      // At once, while calls under way are still answered: no promotion has to wait for a process that ends.
      const goodBye = current
        .close()
        .then(() => registry.forget(processId))
        .catch((error: unknown) =>
          logger.debug({ err: error }, 'The registry could not be told of the end.'),
        );
      await Promise.all([server.close(), goodBye]);
      await shadows.close();
      await log.close();
      await store.close();
      await access.close();
      await database.close();
    },
  };
}

import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Logger } from '../observability/createLogger.ts';
import type { ArtifactStore } from '../platform/ArtifactStore.ts';
import type { BatcherOptions } from './createBatcher.ts';
import { createInferenceServer } from './createInferenceServer.ts';
import { createModelStore, type ModelStore } from './createModelStore.ts';
import { keepModelsCurrent } from './keepModelsCurrent.ts';
import type { ModelRegistry } from './ModelRegistry.ts';

// An inference process from its parts: store, server, and what keeps the store current; and how it ends.

export interface InferenceOptions {
  readonly registry: ModelRegistry;
  /** Of the connection on which PostgreSQL tells of promotions. */
  readonly connectionString: string;
  readonly artifacts: ArtifactStore;
  readonly home: string;
  readonly host: string;
  readonly port: number;
  readonly defaultModel: string;
  readonly batching: BatcherOptions;
  readonly logger: Logger;
  readonly reconcileMs?: number;
  readonly heartbeatMs?: number;
  readonly startMs?: number;
}

export interface Inference {
  readonly port: number;
  readonly processId: string;
  readonly store: ModelStore;
  /** Not ready → calls under way end (10 s at most) → everything closed. */
  close(): Promise<void>;
}

/**
 * Listens at once and answers when the first attempt to load models is done. Health is SERVING as soon as it is known which
 * models there are, be it none.
 * @throws HoldfastError failedPrecondition where the port is taken
 */
export async function startInference(options: InferenceOptions): Promise<Inference> {
  const { registry, connectionString, artifacts, home, defaultModel, batching, logger } = options;
  const processId = `${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`;
  const store = createModelStore({ registry, artifacts, home, processId, batching, logger });
  const server = createInferenceServer({ store, logger, defaultModel });
  const { host, reconcileMs, heartbeatMs, startMs } = options;
  const port = await server.listen({ host, port: options.port, portVariable: 'HOLDFAST_INFERENCE_PORT' });
  const current = await keepModelsCurrent({
    store,
    connectionString,
    logger,
    reconcileMs,
    heartbeatMs,
    startMs,
    onKnown: () => server.setServing(true),
  });
  return {
    port,
    processId,
    store,
    close: async () => {
      // At once, while calls under way are still answered: no promotion has to wait for a process that ends.
      const goodBye = current
        .close()
        .then(() => registry.forget(processId))
        .catch((error: unknown) =>
          logger.debug({ err: error }, 'The registry could not be told of the end.'),
        );
      await Promise.all([server.close(), goodBye]);
      await store.close();
      await registry.close();
    },
  };
}

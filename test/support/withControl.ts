import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import type { Context } from 'mocha';
import type { Activities } from '../../activities/createActivities.ts';
import { ActivityErrorInterceptor } from '../../activities/errors/ActivityErrorInterceptor.ts';
import { createMoveAlias } from '../../activities/promotion/createMoveAlias.ts';
import { createBeginRun } from '../../activities/runs/createBeginRun.ts';
import { createEndRun } from '../../activities/runs/createEndRun.ts';
import { startControl } from '../../control/startControl.ts';
import { createTemporal } from '../../control/temporal/createTemporal.ts';
import type { Database } from '../../db/Database.ts';
import type { ArtifactStore } from '../../platform/ArtifactStore.ts';
import { createLocalArtifactStore } from '../../platform/createLocalArtifactStore.ts';
import { createGrpcClient, type GrpcClient } from '../../platform/grpc/createGrpcClient.ts';
import { TASK_QUEUE } from '../../platform/workflowContract.ts';
import { DatasetServiceService } from '../../proto/gen/holdfast/v1/dataset.ts';
import { ExperimentServiceService } from '../../proto/gen/holdfast/v1/experiment.ts';
import { FileServiceService } from '../../proto/gen/holdfast/v1/file.ts';
import { ModelServiceService } from '../../proto/gen/holdfast/v1/model.ts';
import { MonitoringServiceService } from '../../proto/gen/holdfast/v1/monitoring.ts';
import { OutcomeServiceService } from '../../proto/gen/holdfast/v1/outcome.ts';
import { RunServiceService } from '../../proto/gen/holdfast/v1/run.ts';
import { SystemServiceService } from '../../proto/gen/holdfast/v1/system.ts';
import { collectLogs } from './collectLogs.ts';
import { fakeActivities } from './fakeActivities.ts';
import { TEST_KEY } from './testAccess.ts';
import { testTemporal, workflowBundle } from './testTemporal.ts';
import { type TestDatabase, withDatabase } from './withDatabase.ts';
import { withTemporaryFolder } from './withTemporaryFolder.ts';

// Control over a real PostgreSQL and a real Temporal, called by real gRPC clients. The workflows are the real ones; of their
// activities those that write runs and aliases are real, and those that would train are not, so that a test says how long
// they take.

export interface ControlWorld {
  readonly address: string;
  readonly home: string;
  readonly artifacts: ArtifactStore;
  readonly database: Database;
  readonly databaseUrl: string;
  readonly sql: TestDatabase['sql'];
  readonly temporal: Client;
  readonly models: GrpcClient<typeof ModelServiceService>;
  readonly runs: GrpcClient<typeof RunServiceService>;
  readonly datasets: GrpcClient<typeof DatasetServiceService>;
  readonly files: GrpcClient<typeof FileServiceService>;
  readonly experiments: GrpcClient<typeof ExperimentServiceService>;
  readonly outcomes: GrpcClient<typeof OutcomeServiceService>;
  readonly monitoring: GrpcClient<typeof MonitoringServiceService>;
  readonly system: GrpcClient<typeof SystemServiceService>;
  /** Starts a worker; stopped with the world. */
  readonly startWorker: (overrides?: Partial<Activities>) => Promise<void>;
}

export interface ControlOptions {
  /** Where control looks for Temporal; default: where it is. */
  readonly temporalAddress?: string;
}

export async function withControl<T>(
  test: Context,
  work: (world: ControlWorld) => Promise<T>,
  options: ControlOptions = {},
): Promise<T> {
  const environment = await testTemporal(test);
  return withTemporaryFolder(home =>
    withDatabase(async (database, { url: databaseUrl, sql }) => {
      const artifacts = createLocalArtifactStore(join(home, 'artifacts'));
      const temporal = createTemporal(options.temporalAddress ?? environment.address, 'default');
      const { logger } = collectLogs();
      const control = await startControl({
        database,
        connectionString: databaseUrl,
        artifacts,
        temporal,
        logger,
        defaultModel: 'churn',
        trustedProxies: ['127.0.0.1'],
        dataRoots: [join(home, 'tables')],
        address: 'test',
        host: '127.0.0.1',
        port: 0,
      });
      const address = `127.0.0.1:${control.port}`;
      const server = { address, peer: 'control', secret: TEST_KEY };
      const clients = {
        models: createGrpcClient(ModelServiceService, server),
        runs: createGrpcClient(RunServiceService, server),
        datasets: createGrpcClient(DatasetServiceService, server),
        files: createGrpcClient(FileServiceService, server),
        experiments: createGrpcClient(ExperimentServiceService, server),
        outcomes: createGrpcClient(OutcomeServiceService, server),
        monitoring: createGrpcClient(MonitoringServiceService, server),
        system: createGrpcClient(SystemServiceService, server),
      };
      const real = {
        beginRun: createBeginRun({
          artifacts,
          database,
          defaultModel: 'churn',
          track: async () => undefined,
        }),
        endRun: createEndRun({ database, home, track: async () => undefined, report: async () => undefined }),
        moveAlias: createMoveAlias({ database, track: async () => undefined }),
      };
      const stops: (() => Promise<void>)[] = [];
      const startWorker = async (overrides: Partial<Activities> = {}): Promise<void> => {
        const worker = await Worker.create({
          connection: environment.nativeConnection,
          taskQueue: TASK_QUEUE,
          workflowBundle: await workflowBundle(),
          activities: fakeActivities({ ...real, ...overrides }).activities,
          interceptors: { activity: [() => ({ inbound: new ActivityErrorInterceptor() })] },
          maxHeartbeatThrottleInterval: '100ms',
          defaultHeartbeatThrottleInterval: '100ms',
          shutdownGraceTime: '1s',
        });
        const running = worker.run();
        stops.push(async () => {
          worker.shutdown();
          await running;
        });
      };
      try {
        return await work({
          address,
          home,
          artifacts,
          database,
          databaseUrl,
          sql,
          temporal: environment.client,
          ...clients,
          startWorker,
        });
      } finally {
        await terminateAll(environment.client);
        for (const stop of stops) await stop();
        for (const client of Object.values(clients)) client.close();
        await control.close();
        await temporal.close();
      }
    }),
  );
}

/** The server and the task queue are shared: nothing of one test may reach the next one's worker. */
async function terminateAll(client: Client): Promise<void> {
  for await (const { workflowId, runId } of client.workflow.list({ query: 'ExecutionStatus = "Running"' }))
    await client.workflow
      .getHandle(workflowId, runId)
      .terminate('the test is over')
      .catch((error: unknown) => {
        // A child ends with its parent.
        if (!(error instanceof Error && error.name === 'WorkflowNotFoundError')) throw error;
      });
}

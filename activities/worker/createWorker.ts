import type { Context } from '@temporalio/activity';
import { OpenTelemetryActivityInboundInterceptor } from '@temporalio/interceptors-opentelemetry-v2';
import { NativeConnection, Runtime, Worker, type WorkflowBundle } from '@temporalio/worker';
import type { Logger } from '../../observability/createLogger.ts';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import { TASK_QUEUE, TRACKING_TASK_QUEUE } from '../../platform/workflowContract.ts';
import { ActivityErrorInterceptor } from '../errors/ActivityErrorInterceptor.ts';
import { temporalLogger } from './temporalLogger.ts';

export interface WorkerOptions {
  readonly address: string;
  readonly namespace: string;
  /** The workflows' code, and their interceptors'. */
  readonly workflowBundle: WorkflowBundle;
  /** Whether a span is made of each activity. */
  readonly traced: boolean;
  readonly activities: object;
  /** Those of the tracking queue; null where no MLflow is configured, so that another worker may take them. */
  readonly trackingActivities: object | null;
  readonly logger: Logger;
}

export interface RunningWorker {
  /** Takes no new work, gives activities two seconds, tells Temporal which were cut off. */
  close(): Promise<void>;
}

// Heartbeats carry the finished folds: a long throttle would lose those that a kill -9 falls behind on.
const heartbeatThrottle = '200ms';

/** Connects and polls. @throws HoldfastError unavailable where Temporal cannot be reached */
export async function createWorker(options: WorkerOptions): Promise<RunningWorker> {
  const { address, namespace, workflowBundle, activities, trackingActivities, logger } = options;
  Runtime.install({
    // Signals belong to runProcess: two handlers would race for the shutdown.
    shutdownSignals: [],
    logger: temporalLogger(logger),
  });
  const connection = await connect(address);
  const shared = {
    connection,
    namespace,
    interceptors: {
      activity: [
        ...(options.traced
          ? [(context: Context) => ({ inbound: new OpenTelemetryActivityInboundInterceptor(context) })]
          : []),
        () => ({ inbound: new ActivityErrorInterceptor() }),
      ],
    },
    maxHeartbeatThrottleInterval: heartbeatThrottle,
    defaultHeartbeatThrottleInterval: heartbeatThrottle,
    shutdownGraceTime: '2s',
    shutdownForceTime: '8s',
  };
  const workers = [
    await Worker.create({
      ...shared,
      taskQueue: TASK_QUEUE,
      workflowBundle,
      activities,
      // Each training holds its table in memory; more runs than this wait for their turn.
      maxConcurrentActivityTaskExecutions: 24,
    }),
  ];
  if (trackingActivities !== null)
    workers.push(
      await Worker.create({
        ...shared,
        taskQueue: TRACKING_TASK_QUEUE,
        activities: trackingActivities,
        maxConcurrentActivityTaskExecutions: 2,
      }),
    );
  const running = Promise.all(workers.map(worker => worker.run()));
  // The poll loop ends by itself only when it is broken: then the process must end too, to be started again.
  running.catch((error: unknown) => {
    logger.fatal({ err: error }, 'the worker stopped polling');
    process.exitCode = 1;
    process.kill(process.pid, 'SIGTERM');
  });
  return {
    close: async () => {
      for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
      await running;
      await connection.close();
    },
  };
}

async function connect(address: string): Promise<NativeConnection> {
  try {
    return await NativeConnection.connect({ address });
  } catch (cause) {
    throw new HoldfastError(
      'unavailable',
      `Temporal at ${address} does not answer. Start it with \`npm start\`, or set TEMPORAL_ADDRESS to where it is.`,
      { cause },
    );
  }
}

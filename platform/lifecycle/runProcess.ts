import cluster from 'node:cluster';
import { createLogger, type Logger } from '../../observability/createLogger.ts';
import { pageOf, shareMetrics } from '../../observability/metrics/clusterMetrics.ts';
import { createMetrics, type Metrics } from '../../observability/metrics/createMetrics.ts';
import { serveMetrics } from '../../observability/metrics/serveMetrics.ts';
import { startTracing, type Tracing } from '../../observability/tracing/startTracing.ts';
import { LOOPBACK } from '../addresses.ts';
import { type Configuration, readConfiguration } from '../configuration.ts';
import { errorCodes, HoldfastError } from '../HoldfastError.ts';
import { holdfastVersion } from '../holdfastVersion.ts';
import { assertPortFree } from './assertPortFree.ts';
import type { ChildMessage } from './ChildMessage.ts';

// The life of one of our processes, the same for all: configuration, ready, drain, exit. A process runs under the
// supervisor, which holds the other end of an IPC channel, or alone (on another machine, in a container). It must not
// outlive its supervisor: where the channel breaks, it drains and ends by itself.

/** What a process may take to finish what is under way once it was asked to stop. */
export const DRAIN_MS = 10_000;

export interface ProcessContext {
  readonly configuration: Configuration;
  readonly logger: Logger;
  /** What this process tells of itself on its page /metrics. */
  readonly metrics: Metrics;
  readonly tracing: Pick<Tracing, 'on'>;
  /** Aborted as soon as the process is asked to stop, also while it is still starting. */
  readonly signal: AbortSignal;
}

export interface RunningProcess {
  /** Told to the supervisor and the log with the word that the process is ready: its port, its version. */
  readonly info?: Readonly<Record<string, string | number | boolean>>;
  /** Takes no new work, finishes what is under way, closes what is open. Within DRAIN_MS; after that the process ends anyhow. */
  close(): Promise<void>;
}

/**
 * Runs a process until SIGTERM, SIGINT or the loss of its supervisor, then drains it and exits 0. A HoldfastError becomes
 * one clear line on stderr and its own exit code; anything unforeseen is logged with its stack and exits 1.
 * @param name As in `bin/<name>.ts`: the logger's name and the log file's.
 * @param start Opens everything and answers when the process serves.
 */
export async function runProcess(
  name: string,
  start: (context: ProcessContext) => Promise<RunningProcess>,
): Promise<void> {
  const stopping = new AbortController();
  let logger: Logger | undefined;
  const fail = (error: unknown): void => die(name, logger, error);
  process.on('uncaughtException', fail);
  process.on('unhandledRejection', fail);
  for (const event of ['SIGTERM', 'SIGINT', 'disconnect'] as const) {
    process.on(event, () => requestStop(event, stopping, () => logger));
  }
  try {
    const configuration = readConfiguration();
    logger = createLogger(name, configuration.logLevel);
    const metrics = createMetrics({ process: name, version: holdfastVersion });
    await showMetrics(name, metrics, configuration, logger);
    const tracing = await startTracing(configuration.tracing, { name, version: holdfastVersion, logger });
    const { signal } = stopping;
    const running = await startUnlessStopped(start, { configuration, logger, metrics, tracing, signal });
    if (running === null) process.exit(0);
    if (!stopping.signal.aborted) {
      logger.info({ ...running.info }, 'process is ready');
      tell({ ready: true, info: running.info ?? {} });
      await once(stopping.signal);
    }
    await running.close();
    await tracing.close();
    logger.info('process has drained');
    process.exit(0);
  } catch (error) {
    fail(error);
  }
}

/** @throws HoldfastError failedPrecondition where the port is taken */
async function showMetrics(
  name: string,
  { registry }: Metrics,
  { ports }: Configuration,
  logger: Logger,
): Promise<void> {
  // One of several processes has no port of its own.
  if (cluster.isWorker) return shareMetrics(registry);
  const address = { host: LOOPBACK, port: ports.metrics };
  await assertPortFree({ ...address, purpose: `the metrics of ${name}`, variable: 'HOLDFAST_METRICS_PORT' });
  await serveMetrics(address, pageOf(registry), error =>
    logger.error({ err: error }, 'The metrics cannot be collected.'),
  );
}

/** Null where the start failed after a stop was asked for: what was interrupted fails in many ways, and none is a fault. */
async function startUnlessStopped(
  start: (context: ProcessContext) => Promise<RunningProcess>,
  context: ProcessContext,
): Promise<RunningProcess | null> {
  try {
    return await start(context);
  } catch (error) {
    if (!context.signal.aborted) throw error;
    context.logger.warn({ err: error }, 'process was stopped while it was starting');
    return null;
  }
}

function requestStop(event: string, stopping: AbortController, logger: () => Logger | undefined): void {
  if (stopping.signal.aborted) {
    // The supervisor asks by SIGTERM and then hangs up: only a person's second Ctrl-C means now.
    if (event === 'SIGINT') process.exit(130);
    return;
  }
  logger()?.info({ event }, 'process was asked to stop');
  stopping.abort();
  setTimeout(() => {
    logger()?.error({ drainMs: DRAIN_MS }, 'process did not drain in time and ends now');
    process.exit(1);
  }, DRAIN_MS).unref();
}

function die(name: string, logger: Logger | undefined, error: unknown): void {
  if (!(error instanceof HoldfastError)) {
    if (logger !== undefined) logger.fatal({ err: error }, 'process fails unexpectedly');
    else console.error(error);
    process.exit(1);
  }
  logger?.debug({ err: error }, 'process fails');
  process.stderr.write(`holdfast ${name}: ${error.message}\n`);
  const { exit, retryable } = errorCodes[error.code];
  tell({ failed: error.message, retryable }, () => process.exit(exit));
  setTimeout(() => process.exit(exit), 1000);
}

/** The supervisor may have just gone: `disconnect` tells that, not this. */
function tell(message: ChildMessage, done: () => void = () => undefined): void {
  if (process.connected) process.send?.(message, undefined, undefined, done);
  else done();
}

const once = (signal: AbortSignal): Promise<void> =>
  new Promise(done => {
    if (signal.aborted) done();
    else signal.addEventListener('abort', () => done(), { once: true });
  });

import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Configuration } from '../configuration.ts';
import { refuseSharedPorts } from '../lifecycle/refuseSharedPorts.ts';
import { assertPortFree, type WantedPort } from '../lifecycle/assertPortFree.ts';
import { environmentFor, type Need } from './environmentFor.ts';
import { followWarnings } from './followWarnings.ts';
import { watchRoom } from '../freeSpace.ts';
import { lockHome } from './lockHome.ts';
import { prepareHome } from './prepareHome.ts';
import { reapLeftovers } from './reapLeftovers.ts';
import {
  type RunningServer,
  type ServerContext,
  startOrReachTemporal,
  startPostgres,
} from './startServers.ts';
import { type SupervisedProcess, superviseProcess } from './superviseProcess.ts';

// Everything that `npm start` runs, in order: home and lock, leftovers of a killed start, ports, PostgreSQL and Temporal,
// migrations, our processes. Stopping goes the other way round. What was started is stopped again where a later step fails.

export interface OwnProcess {
  readonly name: string;
  /** Absolute path of its TypeScript file. */
  readonly entry: string;
  readonly ports: readonly WantedPort[];
  /** Which of the servers' addresses it is told, and whether the secrets of our own environment: those of sources and of MLflow. */
  readonly needs: readonly Need[];
}

export interface StartAllOptions {
  readonly configuration: Configuration;
  /** In the order in which they are to stop last to first. */
  readonly processes: readonly OwnProcess[];
  /** Brings the database up to date before our processes start; tells clearly where it does not answer. */
  readonly prepare: (databaseUrl: string) => Promise<void>;
  /** Progress, for a person. */
  readonly say: (line: string) => void;
  /** What a person should know though it goes on. */
  readonly warn: (line: string) => void;
  /** Stops a start that is under way. */
  readonly signal: AbortSignal;
}

export interface RunningSystem {
  readonly databaseUrl: string;
  readonly temporalAddress: string;
  /** Aborted, with the sentence for the user as its reason, where everything has to be stopped: the disk is nearly full. */
  readonly fault: AbortSignal;
  /** Drains and stops everything, last started first. May be called again. */
  stop(): Promise<void>;
  /** Makes a stop under way quick: our processes end without draining. */
  hurry(): void;
}

/** @throws HoldfastError with one sentence; nothing is left running then. An abort throws the signal's reason. */
export async function startAll(options: StartAllOptions): Promise<RunningSystem> {
  const system = new StoppableParts(options.warn);
  const fault = new AbortController();
  try {
    const signal = AbortSignal.any([options.signal, fault.signal]);
    return await startParts({ ...options, signal }, system, fault);
  } catch (error) {
    await system.stop();
    fault.signal.throwIfAborted(); // The reason, not what it broke.
    throw error;
  }
}

/** A full disk can make servers and our processes hang: both get so long, one after the other. Less than they get for draining,
 * for what is cut off goes on with the next start. */
const STOP_STEP_MS = 5000;

async function startParts(
  options: StartAllOptions,
  system: StoppableParts,
  fault: AbortController,
): Promise<RunningSystem> {
  const { configuration, processes, prepare, say, warn, signal } = options;
  const folders = prepareHome(configuration.home);
  const unlock = lockHome(configuration.home, folders.run);
  system.add(async () => unlock());
  system.add(watchDisk(configuration.home, system, fault, warn));
  const reaped = await reapLeftovers(folders.run);
  if (reaped.length > 0) say(`Stopped what an earlier start had left running: ${reaped.join(', ')}`);
  await assertPortsFree(configuration, processes);

  const { postgres, temporal } = await startServers({ configuration, folders, say, warn, signal }, system);
  signal.throwIfAborted();
  await prepare(postgres.address);

  const started = processes.map(({ name, entry, needs }, index) => {
    const logFile = join(folders.logs, `${name}.log`);
    const environment: NodeJS.ProcessEnv = {
      ...environmentFor(needs, process.env),
      HOLDFAST_HOME: configuration.home,
      HOLDFAST_METRICS_PORT: String(configuration.ports.metrics + index),
      // The database's password is in its URL.
      DATABASE_URL: needs.includes('DATABASE_URL') ? postgres.address : undefined,
      TEMPORAL_ADDRESS: needs.includes('TEMPORAL_ADDRESS') ? temporal.address : undefined,
    };
    const unfollow = followWarnings(name, logFile, warn);
    const child = superviseProcess({ name, entry, environment, logFile, runFolder: folders.run }, warn);
    system.addProcess(child, unfollow);
    return child;
  });
  const aborted = new Promise<never>((_, fail) =>
    signal.addEventListener('abort', () => fail(signal.reason), { once: true }),
  );
  signal.throwIfAborted();
  await Promise.race([aborted, Promise.all(started.map(({ ready }) => ready))]);
  say(`Ready: ${processes.map(({ name }) => name).join(', ')}`);
  return {
    databaseUrl: postgres.address,
    temporalAddress: temporal.address,
    fault: fault.signal,
    stop: () => system.stop(),
    hurry: () => system.hurry(),
  };
}

/** Tells when the disk fills, and sees to it that the stop which follows comes to its end. @returns ends the watch */
function watchDisk(
  home: string,
  system: StoppableParts,
  fault: AbortController,
  warn: (line: string) => void,
): () => Promise<void> {
  const ending = new AbortController();
  const { signal } = ending;
  const watch = async (): Promise<void> => {
    try {
      const error = await watchRoom(home, signal);
      if (error === null) return;
      fault.abort(error);
      await sleep(STOP_STEP_MS, undefined, { signal });
      system.hurry();
      await sleep(STOP_STEP_MS, undefined, { signal });
      system.kill();
    } catch (error) {
      if (!signal.aborted) warn(`The free space of ${home} is no longer watched: ${String(error)}`);
    }
  };
  const watching = watch();
  return async () => {
    ending.abort();
    await watching;
  };
}

/** Both side by side; where one fails the other is not waited for. */
async function startServers(context: ServerContext, system: StoppableParts) {
  const failing = new AbortController();
  const signal = AbortSignal.any([context.signal, failing.signal]);
  const start = async (begin: (context: ServerContext) => Promise<RunningServer>): Promise<RunningServer> => {
    try {
      const server = await begin({ ...context, signal });
      system.addServer(server);
      return server;
    } catch (error) {
      failing.abort(error);
      throw error;
    }
  };
  const both = [start(startOrReachTemporal), start(startPostgres)] as const;
  await Promise.allSettled(both);
  context.signal.throwIfAborted();
  failing.signal.throwIfAborted(); // The first failure, not what it interrupted.
  const [temporal, postgres] = await Promise.all(both);
  return { postgres, temporal };
}

/** All ports at once, before anything is started: a person should not have to find one after the other. */
async function assertPortsFree(
  configuration: Configuration,
  processes: readonly OwnProcess[],
): Promise<void> {
  const { ports, databaseUrl, temporalAddress } = configuration;
  const wanted: WantedPort[] = processes.flatMap(process => process.ports);
  for (const [index, { name }] of processes.entries())
    wanted.push({
      purpose: `the metrics of ${name}`,
      port: ports.metrics + index,
      variable: 'HOLDFAST_METRICS_PORT',
    });
  if (databaseUrl === undefined) {
    wanted.push({ purpose: 'PostgreSQL', port: ports.postgres, variable: 'HOLDFAST_POSTGRES_PORT' });
  }
  if (temporalAddress === undefined) {
    wanted.push(
      { purpose: 'Temporal', port: ports.temporal, variable: 'HOLDFAST_TEMPORAL_PORT' },
      { purpose: "Temporal's web page", port: ports.temporalUi, variable: 'HOLDFAST_TEMPORAL_UI_PORT' },
    );
  }
  refuseSharedPorts(wanted);
  for (const port of wanted) await assertPortFree(port);
}

/** What runs so far, stopped last to first. One that cannot be stopped does not keep the others from it. */
class StoppableParts {
  private readonly parts: (() => Promise<void>)[] = [];
  private readonly processes: SupervisedProcess[] = [];
  private readonly servers: RunningServer[] = [];
  private readonly warn: (line: string) => void;
  private stopping: Promise<void> | undefined;

  constructor(warn: (line: string) => void) {
    this.warn = warn;
  }

  add(stop: () => Promise<void>): void {
    this.parts.push(stop);
  }

  addServer(server: RunningServer): void {
    this.servers.push(server);
    this.add(() => server.stop());
  }

  addProcess(child: SupervisedProcess, unfollow: () => void): void {
    this.processes.push(child);
    this.add(async () => {
      await child.stop();
      unfollow();
    });
  }

  stop(): Promise<void> {
    this.stopping ??= this.stopParts();
    return this.stopping;
  }

  hurry(): void {
    for (const child of this.processes) child.kill();
  }

  /** Ends also the servers now. */
  kill(): void {
    this.hurry();
    for (const server of this.servers) server.kill();
  }

  private async stopParts(): Promise<void> {
    for (const stop of this.parts.toReversed()) {
      try {
        await stop();
      } catch (error) {
        this.warn(error instanceof Error ? error.message : String(error));
      }
    }
  }
}

import { type FollowOptions, followCredentials } from '../db/credentials/followCredentials.ts';
import { watchChannels } from '../db/watchChannels.ts';
import { createAuthorizer } from '../platform/access/createAuthorizer.ts';
import { readAccess } from '../platform/access/readAccess.ts';
import type { GrpcServerOptions } from '../platform/grpc/createGrpcServer.ts';
import { readDescriptors } from '../platform/grpc/readDescriptors.ts';
import { buildControlServer } from './buildControlServer.ts';
import type { ControlPorts } from './ControlPorts.ts';

// A control process from its parts: the server, and what it knows of keys and sessions; and how it ends.

export interface ControlOptions extends Omit<ControlPorts, 'authorizer' | 'refreshCredentials'> {
  /** Of the connection on which PostgreSQL tells of changed keys and sessions. */
  readonly connectionString: string;
  readonly host: string;
  readonly port: number;
  readonly observers?: GrpcServerOptions['observers'];
  /** Of the connection: TLS. */
  readonly security?: GrpcServerOptions['security'];
  readonly access?: Pick<FollowOptions, 'reconcileMs' | 'noteUseMs' | 'startMs'>;
}

export interface Control {
  readonly port: number;
  /** Not ready → calls under way end → what it opened is closed; the database and Temporal are the caller's. */
  close(): Promise<void>;
}

/** @throws HoldfastError failedPrecondition where the port is taken */
export async function startControl(options: ControlOptions): Promise<Control> {
  const { database, connectionString, logger, host } = options;
  const access = followCredentials({
    database: async () => database,
    server: 'control',
    logger,
    ...options.access,
  });
  const watch = watchChannels({
    connectionString,
    applicationName: 'holdfast-control-watch',
    channels: { holdfast_access: () => access.poke() },
    onAway: error => logger.warn({ err: error }, 'PostgreSQL is away; keys and sessions hold as last known.'),
    onBack: () => logger.info({}, 'PostgreSQL is back; changes of keys and sessions are heard again.'),
  });
  await access.ready;
  const authorizer = createAuthorizer(readAccess(readDescriptors()), access.credentials);
  // Who made a key can use it at once. Where that fails it becomes known a moment later, as at every other process.
  const refreshCredentials = (): Promise<void> =>
    access
      .refresh()
      .catch((error: unknown) =>
        logger.debug({ err: error }, 'Changed keys and sessions cannot be read yet.'),
      );
  const server = buildControlServer({ ...options, authorizer, refreshCredentials }, options);
  const close = async (): Promise<void> => {
    await server.close();
    await watch.close();
    await access.close();
  };
  try {
    const port = await server.listen({ host, port: options.port, portVariable: 'HOLDFAST_CONTROL_PORT' });
    server.setServing(true);
    return { port, close };
  } catch (error) {
    await close();
    throw error;
  }
}

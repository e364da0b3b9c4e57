import { createServer } from 'node:net';
import { LOOPBACK } from '../addresses.ts';
import { HoldfastError } from '../HoldfastError.ts';
import { portHolder } from './portHolder.ts';

/** A port that one of the processes is about to listen on, with the variable that changes it. */
export interface WantedPort {
  /** What wants it, for the sentence: `PostgreSQL`, `the inference server`. */
  readonly purpose: string;
  readonly port: number;
  readonly variable: string;
  /** Default: loopback. */
  readonly host?: string;
}

/**
 * Listens on the port for an instant, so that a taken port is told before anything is started.
 * @throws HoldfastError failedPrecondition that names the port, its holder where it can be seen, and the variable.
 */
export async function assertPortFree(wanted: WantedPort): Promise<void> {
  const { purpose, port, variable, host = LOOPBACK } = wanted;
  const error = await tryListen(port, host);
  if (error === null) return;
  if (error.code === 'EADDRINUSE') throw portTaken(wanted, error);
  if (error.code === 'EACCES') {
    throw new HoldfastError(
      'failedPrecondition',
      `This user may not listen on port ${port}, which ${purpose} needs: set ${variable} to a port above 1023.`,
      { cause: error },
    );
  }
  throw new HoldfastError(
    'failedPrecondition',
    `${purpose} cannot listen on ${host}:${port} (${error.message})${host === LOOPBACK ? '' : ': set HOLDFAST_BIND to an address of this machine'}.`,
    { cause: error },
  );
}

/** The one sentence for a port that something else listens on. */
export function portTaken({ purpose, port, variable }: WantedPort, cause?: unknown): HoldfastError {
  const holder = portHolder(port);
  return new HoldfastError(
    'failedPrecondition',
    `Port ${port}, which ${purpose} needs, is taken${holder === null ? '' : ` by ${holder}`}: stop what listens there, or set ${variable} to a free port.`,
    { cause },
  );
}

function tryListen(port: number, host: string): Promise<NodeJS.ErrnoException | null> {
  return new Promise(done => {
    const server = createServer();
    server.once('error', done);
    server.listen({ port, host, exclusive: true }, () => server.close(() => done(null)));
  });
}

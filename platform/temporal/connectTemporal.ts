import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { HoldfastError } from '../HoldfastError.ts';

export interface ConnectTemporalOptions {
  readonly address: string;
  readonly namespace: string;
  /** How long a server that does not answer yet is waited for. */
  readonly waitMs: number;
  readonly signal?: AbortSignal;
  /** Answers true once waiting is pointless: the server's process is gone. */
  readonly hopeless?: () => boolean;
}

/**
 * A connection to a Temporal server that answers and has the namespace. The caller closes it.
 * @throws HoldfastError unavailable (no answer), notFound (no such namespace).
 */
export async function connectTemporal({
  address,
  namespace,
  waitMs,
  signal,
  hopeless = () => false,
}: ConnectTemporalOptions): Promise<Connection> {
  const end = Date.now() + waitMs;
  for (;;) {
    signal?.throwIfAborted();
    try {
      const connection = await Connection.connect({ address, connectTimeout: 2000 });
      try {
        await connection.workflowService.describeNamespace({ namespace });
        return connection;
      } catch (error) {
        await connection.close();
        throw error;
      }
    } catch (error) {
      if (Date.now() >= end || hopeless()) throw explain(error, address, namespace);
      await sleep(100, undefined, { signal });
    }
  }
}

const NOT_FOUND = 5;

function explain(error: unknown, address: string, namespace: string): HoldfastError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === NOT_FOUND) {
    return new HoldfastError(
      'notFound',
      `The Temporal server at ${address} has no namespace ${namespace}: \`temporal operator namespace create --namespace ${namespace}\`, or set TEMPORAL_NAMESPACE to one it has.`,
      { cause: error },
    );
  }
  const said = error instanceof Error ? error.message : String(error);
  return new HoldfastError(
    'unavailable',
    `The Temporal server at ${address} does not answer (${said}): start it, correct TEMPORAL_ADDRESS, or unset it to have one started.`,
    { cause: error },
  );
}

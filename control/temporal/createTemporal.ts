import { Client, Connection } from '@temporalio/client';
import { OpenTelemetryWorkflowClientInterceptor } from '@temporalio/interceptors-opentelemetry-v2';
import { describeTemporalError } from './describeTemporalError.ts';

// Control's one way to Temporal: connected when it is first needed, so that the registry can be read while Temporal is away,
// and every call bounded, so that a Temporal that hangs never hangs a caller.

export interface Temporal {
  /** host:port, for people. */
  readonly address: string;
  readonly namespace: string;
  /**
   * Asks Temporal.
   * @param waitMs The limit of the whole question.
   * @throws HoldfastError unavailable where it does not answer; other errors of the SDK as they are.
   */
  ask<Answer>(question: (client: Client) => Promise<Answer>, waitMs?: number): Promise<Answer>;
  close(): Promise<void>;
}

const ANSWER_MS = 10_000;

/** @param traced whether what is started goes on with the trace of the call that starts it */
export function createTemporal(address: string, namespace: string, traced = false): Temporal {
  const connection = Connection.lazy({
    address,
    // The SDK's own retries go on after close() and then fail outside of any call; whoever asked decides about another try.
    interceptors: [],
    // A Temporal that comes back is found within a second.
    channelArgs: { 'grpc.initial_reconnect_backoff_ms': 200, 'grpc.max_reconnect_backoff_ms': 1_000 },
  });
  const client = new Client({
    connection,
    namespace,
    interceptors: { workflow: traced ? [new OpenTelemetryWorkflowClientInterceptor()] : [] },
  });
  return {
    address,
    namespace,
    async ask(question, waitMs = ANSWER_MS) {
      try {
        return await connection.withDeadline(Date.now() + waitMs, () => question(client));
      } catch (error) {
        throw describeTemporalError(error, address, namespace);
      }
    },
    close: () => connection.close(),
  };
}

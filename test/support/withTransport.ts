import assert from 'node:assert/strict';
import { type BoundService, bindService } from '../../platform/grpc/bindService.ts';
import type { CallContext } from '../../platform/grpc/CallContext.ts';
import type { ServiceImplementation } from '../../platform/grpc/ServiceImplementation.ts';
import { type BareConnection, call, frame, withConnection } from './bareCall.ts';
import { type StartedServer, withGrpcServer } from './withGrpcServer.ts';

// A server whose messages are bytes as they are, a method of each kind, and a bare connection to it.

export const MAXIMUM_BYTES = 100_000;

const identity = (bytes: Buffer): Buffer => bytes;

const method = <const Streams extends { requestStream: boolean; responseStream: boolean }>(
  name: string,
  streams: Streams,
) => ({
  ...streams,
  path: `/test.Transport/${name}`,
  requestSerialize: identity,
  requestDeserialize: identity,
  responseSerialize: identity,
  responseDeserialize: identity,
});

const definition = {
  echo: method('Echo', { requestStream: false, responseStream: false }),
  join: method('Join', { requestStream: true, responseStream: false }),
  repeat: method('Repeat', { requestStream: false, responseStream: true }),
  chat: method('Chat', { requestStream: true, responseStream: true }),
};

export const ECHO = definition.echo.path;
export const JOIN = definition.join.path;
export const REPEAT = definition.repeat.path;
export const CHAT = definition.chat.path;

type Handlers = ServiceImplementation<typeof definition>;

const handlers: Handlers = {
  echo: async request => request,
  join: async requests => {
    const texts: string[] = [];
    for await (const request of requests) texts.push(String(request));
    return Buffer.from(texts.join('|'));
  },
  repeat: async function* repeat(request) {
    for (let times = 0; times < 3; times++) yield request;
  },
  chat: async function* chat(requests) {
    yield* requests;
  },
};

export const transportService = (others: Partial<Handlers> = {}): BoundService =>
  bindService(definition, { ...handlers, ...others });

/** Handlers that never answer, and count whose callers went away. */
export function waiting(): { calls: { underWay: number; gone: number }; handlers: Handlers } {
  const calls = { underWay: 0, gone: 0 };
  const wait = async ({ signal }: CallContext): Promise<Buffer> => {
    calls.underWay++;
    if (!signal.aborted) await new Promise(resolve => signal.addEventListener('abort', resolve));
    calls.gone++;
    throw new Error('Whoever called went away.');
  };
  async function* stream(_requests: unknown, context: CallContext): AsyncGenerator<Buffer> {
    yield await wait(context);
  }
  return {
    calls,
    handlers: {
      echo: (_request, context) => wait(context),
      join: (_requests, context) => wait(context),
      repeat: stream,
      chat: stream,
    },
  };
}

/** A server that must live on, and have met nothing unexpected, whatever the test does to it. */
export const withTransport = (
  test: (connection: BareConnection, started: StartedServer) => Promise<void>,
  others: Partial<Handlers> = {},
): Promise<void> =>
  withGrpcServer(
    [transportService(others)],
    async started => {
      await withConnection(started, connection => test(connection, started));
      await withConnection(started, async connection => {
        assert.equal((await call(connection, '/grpc.health.v1.Health/Check', frame(''))).status, 0);
      });
      assert.deepEqual(
        started.logs.filter(({ msg }) => msg === 'A call failed unexpectedly.'),
        [],
      );
    },
    { maximumMessageBytes: MAXIMUM_BYTES },
  );

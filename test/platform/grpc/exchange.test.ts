import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, type ClientDuplexStream, credentials, status } from '@grpc/grpc-js';
import { describe, it } from 'mocha';
import type { CallContext } from '../../../platform/grpc/CallContext.ts';
import type { CallObserver } from '../../../platform/grpc/CallObserver.ts';
import { ClientExchange } from '../../../platform/grpc/exchange/ClientExchange.ts';
import { createCarrier } from '../../../platform/grpc/exchange/createCarrier.ts';
import {
  LARGEST_CARRIED_BYTES,
  MOST_CALLS,
  MOST_UNDERWAY,
} from '../../../platform/grpc/exchange/exchangeLimits.ts';
import { HoldfastError } from '../../../platform/HoldfastError.ts';
import {
  type Answers,
  type Call,
  type Calls,
  ExchangeServiceService,
} from '../../../proto/gen/holdfast/v1/exchange.ts';
import { PredictionServiceService, PredictResponse } from '../../../proto/gen/holdfast/v1/prediction.ts';
import { waitUntil } from '../../support/waitUntil.ts';
import { failureOf, predictionBy, withGrpcServer } from '../../support/withGrpcServer.ts';

const { predict: PREDICT } = PredictionServiceService;
const { exchange: EXCHANGE } = ExchangeServiceService;

const messageOf = (model: string): Buffer => PREDICT.requestSerialize({ model, version: '', instances: [] });

interface Sent {
  readonly model?: string;
  readonly path?: string;
  readonly metadata?: Record<string, string>;
  readonly timeoutMs?: number;
}

/** @returns which model answered */
const ask = (
  exchange: ClientExchange,
  { model = 'churn', path = PREDICT.path, metadata = {}, timeoutMs = 30_000 }: Sent = {},
) =>
  new Promise<string>((resolve, reject) => {
    exchange.send(
      { path, message: messageOf(model), metadata, timeoutMs },
      { resolve: bytes => resolve(PredictResponse.decode(bytes).model), reject },
    );
  });

const opened = async (address: string): Promise<{ exchange: ClientExchange; close: () => void }> => {
  const client = new Client(address, credentials.createInsecure());
  const exchange = new ClientExchange(client, 'the test server');
  await waitUntil('the stream', () => exchange.takes(1));
  return {
    exchange,
    close: () => {
      exchange.close();
      client.close();
    },
  };
};

/** Until its caller is gone. */
const forEver = ({ signal }: CallContext): Promise<void> =>
  new Promise(resolve => signal.addEventListener('abort', () => resolve()));

const named = (name: string) =>
  predictionBy(async () => {
    await sleep(5);
    return { model: name };
  });

const callOf = (id: number): Call => ({
  id,
  path: PREDICT.path,
  metadata: {},
  message: messageOf(''),
  timeoutMs: 0,
  cancelled: false,
});

const emptyCall: Call = { ...callOf(0), path: '', message: Buffer.alloc(0), timeoutMs: 0 };

describe('calls within a stream', () => {
  it('are to their method what calls by themselves are: metadata, deadline, peer, errors, and what observes them', async () => {
    const seen: CallContext[] = [];
    const observed: [string, number][] = [];
    const observer: CallObserver = {
      observe:
        ({ method, type }) =>
        code =>
          void observed.push([`${type} ${method}`, code]),
    };
    const service = predictionBy(async ({ model }, context) => {
      seen.push(context);
      if (model === 'none')
        throw new HoldfastError('notFound', 'Grüße, there is none.', {
          violations: [{ field: 'model', description: 'unknown' }],
          retryAfterMs: 1500,
        });
      return { model };
    });
    await withGrpcServer(
      [service],
      async ({ address }) => {
        const { exchange, close } = await opened(address);
        const metadata = { 'x-request-id': 'r1', 'x-api-key': 'k' };
        assert.equal(await ask(exchange, { metadata, timeoutMs: 5000 }), 'churn');
        const [context] = seen;
        assert.deepEqual(context.metadata.names(), Object.keys(metadata));
        assert.deepEqual(context.metadata.get('x-request-id'), ['r1']);
        assert.equal(context.method, PREDICT.path);
        assert.match(context.peer, /^127\.0\.0\.1:\d+$/);
        const leftMs = context.deadline - Date.now();
        assert.ok(leftMs > 0 && leftMs <= 5000, String(leftMs));
        const error = await failureOf(ask(exchange, { model: 'none' }));
        assert.deepEqual(
          [error.code, error.message, error.violations, error.retryAfterMs],
          ['notFound', 'Grüße, there is none.', [{ field: 'model', description: 'unknown' }], 1500],
        );
        const unknown = await failureOf(ask(exchange, { path: '/holdfast.v1.PredictionService/Nothing' }));
        assert.equal(unknown.code, 'unimplemented');
        const stream = await failureOf(ask(exchange, { path: EXCHANGE.path }));
        assert.equal(stream.code, 'unimplemented');
        const odd = await failureOf(ask(exchange, { metadata: { 'no header': 'x' } }));
        assert.equal(odd.code, 'invalidArgument');
        assert.equal(await ask(exchange), 'churn');
        close();
      },
      { observers: [observer] },
    );
    assert.deepEqual(
      observed.filter(([method]) => method === 'unary Predict').map(([, code]) => code),
      [status.OK, status.NOT_FOUND, status.OK],
    );
  });

  it('are answered each when it is done, a thousand of them under way', async () => {
    const waiting = new Map<string, () => void>();
    const service = predictionBy(async ({ model }) => {
      await new Promise<void>(resolve => waiting.set(model, resolve));
      return { model };
    });
    await withGrpcServer([service], async ({ address }) => {
      const { exchange, close } = await opened(address);
      const done: string[] = [];
      const calls = Array.from({ length: MOST_UNDERWAY }, async (_, at) => {
        const model = await ask(exchange, { model: `m${at}` });
        assert.equal(model, `m${at}`);
        done.push(model);
      });
      assert.equal(exchange.takes(1), false);
      await waitUntil('all calls at the server', () => waiting.size === MOST_UNDERWAY);
      waiting.get('m700')?.();
      await calls[700];
      assert.deepEqual(done, ['m700']);
      assert.equal(exchange.takes(LARGEST_CARRIED_BYTES), true);
      assert.equal(exchange.takes(LARGEST_CARRIED_BYTES + 1), false);
      for (const resolve of waiting.values()) resolve();
      await Promise.all(calls);
      assert.equal(done.length, MOST_UNDERWAY);
      close();
    });
  });

  it('end with their caller, with their deadline and with their stream, and the server is told', async () => {
    let cancelled = 0;
    const service = predictionBy(async (_request, context) => {
      await forEver(context);
      assert.equal(context.cancelled, true);
      cancelled++;
      return { model: '' };
    });
    await withGrpcServer([service], async ({ address }) => {
      const { exchange, close } = await opened(address);
      const giveUp = exchange.send(
        { path: PREDICT.path, message: messageOf(''), metadata: {}, timeoutMs: 30_000 },
        { resolve: () => assert.fail('it was given up'), reject: error => assert.fail(error) },
      );
      await sleep(20);
      giveUp();
      await waitUntil('the first is cancelled', () => cancelled === 1);
      const late = await failureOf(ask(exchange, { timeoutMs: 30 }));
      assert.match(late.message, /No answer from the test server in time/);
      await waitUntil('the second is cancelled', () => cancelled === 2);
      const lost = failureOf(ask(exchange));
      await sleep(20);
      close();
      assert.equal((await lost).code, 'unavailable');
      await waitUntil('the third is cancelled', () => cancelled === 3);
    });
  });

  it('are all answered while a server drains, and go to the next one afterwards', async () => {
    const inFlight: Promise<string>[] = [];
    let failed = 0;
    const clients: Client[] = [];
    let carrier: ReturnType<typeof createCarrier> | undefined;
    const call = (): boolean => {
      const exchange = carrier?.pick(1) ?? null;
      if (exchange === null) return false;
      inFlight.push(
        ask(exchange).catch((error: unknown) => {
          failed++;
          return String(error);
        }),
      );
      return true;
    };
    const port = await withGrpcServer([named('first')], async ({ server, address }) => {
      carrier = createCarrier({
        connect: () => {
          const client = new Client(address, credentials.createInsecure(), {
            'grpc.use_local_subchannel_pool': 1,
            'grpc.initial_reconnect_backoff_ms': 100,
          });
          clients.push(client);
          return client;
        },
        connections: 2,
        peer: 'the test server',
      });
      await waitUntil('a stream', () => call());
      const closing = server.close();
      while (call()) await sleep(1);
      await closing;
      return Number(address.split(':')[1]);
    });
    const answered = await Promise.all(inFlight);
    assert.deepEqual([...new Set(answered)], ['first']);
    assert.equal(failed, 0);
    assert.ok(answered.length > 2, String(answered.length));
    inFlight.length = 0;
    await withGrpcServer(
      [named('second')],
      async () => {
        await waitUntil('a stream to the second server', () => call());
        assert.deepEqual(await Promise.all(inFlight), ['second']);
        carrier?.close();
        assert.equal(clients.length, 2);
      },
      { port },
    );
  });

  it('are bounded at the server whatever the client sends, and a stream that makes no sense ends', async () => {
    const begun: (() => void)[] = [];
    const service = predictionBy(async ({ model }) => {
      await new Promise<void>(resolve => begun.push(resolve));
      return { model };
    });
    await withGrpcServer([service], async ({ address }) => {
      const client = new Client(address, credentials.createInsecure());
      const open = (): ClientDuplexStream<Calls, Answers> =>
        client.makeBidiStreamRequest(EXCHANGE.path, EXCHANGE.requestSerialize, EXCHANGE.responseDeserialize);
      const stream = open();
      let answers = 0;
      stream.on('data', (batch: Answers) => {
        answers += batch.answers.length;
      });
      for (let id = 0; id < 3 * MOST_UNDERWAY; id += 100)
        stream.write({ calls: Array.from({ length: 100 }, (_, at) => callOf(id + at)) });
      await waitUntil('as many as there is room for', () => begun.length >= MOST_UNDERWAY);
      await sleep(100);
      assert.equal(begun.length, MOST_UNDERWAY);
      const ended = new Promise(resolve => stream.once('end', resolve));
      stream.end();
      await waitUntil('all answers', () => {
        for (const resolve of begun.splice(0)) resolve();
        return answers === 3 * MOST_UNDERWAY;
      });
      await ended;

      const twice = open();
      twice.resume();
      const error = new Promise<unknown>(resolve => twice.once('error', resolve));
      twice.write({ calls: [callOf(1), callOf(1)] });
      assert.match(String(await error), /INVALID_ARGUMENT.*the id 1/);
      for (const resolve of begun.splice(0)) resolve();

      const crowded = open();
      crowded.resume();
      const refusal = new Promise<unknown>(resolve => crowded.once('error', resolve));
      // A call of two bytes that names no method, again and again.
      crowded.write({ calls: Array.from({ length: MOST_CALLS + 1 }, () => emptyCall) });
      assert.match(String(await refusal), /RESOURCE_EXHAUSTED.*more than 1000 calls/);
      client.close();
    });
  });
});

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, it } from 'mocha';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import { waitUntil } from '../support/waitUntil.ts';
import { type Gateway, withGateway } from '../support/withGateway.ts';
import { predictionBy, withGrpcServer } from '../support/withGrpcServer.ts';

// How much of their bodies callers may have the gateway hold before any server has said who they are.

const PREDICT = '/v1/models/churn:predict';
const strangers = { networkBytes: 1000, totalBytes: 1500 };
const bodyOf = (bytes: number): string => {
  const text = JSON.stringify({ instances: [{ a: '' }] });
  return text.replace('""', `"${'x'.repeat(bytes - text.length)}"`);
};

/** Before an inference server at which one key is good, as long as the test says. */
const withStrangers = <T>(test: (gateway: Gateway, good: { key: string }) => Promise<T>): Promise<T> => {
  const good = { key: 'good' };
  const service = predictionBy(async (_request, { metadata }) => {
    if (metadata.get('x-api-key')[0] === good.key) return { model: 'churn' };
    throw new HoldfastError('unauthenticated', 'Not good here.');
  });
  return withGrpcServer([service], ({ address }) =>
    withGateway({ inference: address }, gateway => test(gateway, good), {
      strangers,
      trustedProxies: ['127.0.0.1'],
    }),
  );
};

/** A request whose body does not come: it is held as if it were there. */
async function begin(port: number, headers: Readonly<Record<string, string>>, first = '{'): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  const lines = Object.entries({
    'x-api-key': 'made up',
    'content-type': 'application/json',
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`POST ${PREDICT} HTTP/1.1\r\nhost: gateway\r\n${lines.join('')}\r\n${first}`);
  await sleep(50);
  return socket;
}

const from = (address: string) => ({ 'x-forwarded-for': address });

describe('a caller who has proved nothing', () => {
  it('is held to a bound of its network, and whoever was answered once is not', () =>
    withStrangers(async ({ port, ask }, good) => {
      const socket = await begin(port, { 'content-length': '900' });
      const asked = async (key: string, bytes: number): Promise<number> =>
        (await ask('POST', PREDICT, bodyOf(bytes), { 'x-api-key': key })).status;
      const refused = await ask('POST', PREDICT, bodyOf(200), { 'x-api-key': 'unknown' });
      assert.deepEqual([refused.status, refused.headers['retry-after']], [429, '1'], refused.text);
      assert.match(refused.text, /127\.0\.0\.1 who have not proved who they are send more than 1000 bytes/);
      assert.equal(await asked('unknown', 60), 401);
      assert.equal(await asked('good', 200), 429);
      assert.equal(await asked('good', 60), 200);
      assert.equal(await asked('good', 20_000), 200);
      good.key = 'another';
      assert.equal(await asked('good', 200), 401);
      assert.equal(await asked('good', 200), 429);
      socket.destroy();
      await waitUntil('the body is let go', async () => (await asked('unknown', 200)) === 401);
      // One alone may be as large as any, else nobody could begin with a large one.
      good.key = 'third';
      assert.equal(await asked('third', 20_000), 200);
    }));

  it('counts by the most that a body may become, where it is packed or does not say how long it is', () =>
    withStrangers(async ({ port, ask }) => {
      const forms: readonly [Record<string, string>, string][] = [
        [{ 'transfer-encoding': 'chunked' }, '1\r\n{\r\n'],
        [{ 'content-length': '20', 'content-encoding': 'gzip' }, '\u001f'],
      ];
      for (const [headers, first] of forms) {
        const socket = await begin(port, headers, first);
        const { status } = await ask('POST', PREDICT, bodyOf(60), { 'x-api-key': 'unknown' });
        assert.equal(status, 429, JSON.stringify(headers));
        socket.destroy();
        await waitUntil('the body is let go', async () => {
          const again = await ask('POST', PREDICT, bodyOf(60), { 'x-api-key': 'unknown' });
          return again.status === 401;
        });
      }
    }));

  it('shares a bound with all strangers of all networks', () =>
    withStrangers(async ({ port, ask }) => {
      const sockets = [
        await begin(port, { ...from('10.0.0.1'), 'content-length': '900' }),
        await begin(port, { ...from('2001:db8:0:1::1'), 'content-length': '500' }),
      ];
      const asked = async (address: string, bytes: number): Promise<number> =>
        (await ask('POST', PREDICT, bodyOf(bytes), { 'x-api-key': 'unknown', ...from(address) })).status;
      assert.equal(await asked('10.0.0.9', 200), 503);
      assert.equal(await asked('10.0.0.9', 60), 401);
      // A /64 of IPv6 is one network.
      assert.equal(await asked('2001:db8:0:1::2', 600), 429);
      for (const socket of sockets) socket.destroy();
      await waitUntil('all is let go', async () => (await asked('10.0.0.9', 200)) === 401);
    }));
});

import assert from 'node:assert/strict';
import { gunzipSync, gzipSync, deflateSync } from 'node:zlib';
import { describe, it } from 'mocha';
import { createMetrics } from '../../observability/metrics/createMetrics.ts';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import { bindService } from '../../platform/grpc/bindService.ts';
import type { CallContext } from '../../platform/grpc/CallContext.ts';
import { createGrpcServer } from '../../platform/grpc/createGrpcServer.ts';
import { readDescriptors } from '../../platform/grpc/readDescriptors.ts';
import { type GetStatusRequest, SystemServiceService } from '../../proto/gen/holdfast/v1/system.ts';
import { collectLogs } from '../support/collectLogs.ts';
import { readMetrics } from '../support/readMetrics.ts';
import { letsAllIn } from '../support/testAccess.ts';
import { waitUntil } from '../support/waitUntil.ts';
import { type Gateway, withGateway } from '../support/withGateway.ts';

// What HTTP has and gRPC does not, between a caller and a real gRPC server whose one method does what the test says.

type Handler = (request: GetStatusRequest, context: CallContext) => Promise<{ components: never[] }>;

const withStatus = async <T>(
  handler: Handler,
  test: (gateway: Gateway) => Promise<T>,
  options: Parameters<typeof withGateway>[2] = {},
): Promise<T> => {
  const server = createGrpcServer({
    descriptors: readDescriptors(),
    services: [bindService(SystemServiceService, { getStatus: handler })],
    authorizer: letsAllIn,
    logger: collectLogs().logger,
  });
  const port = await server.listen({ host: '127.0.0.1', port: 0 });
  try {
    return await withGateway({ control: `127.0.0.1:${port}` }, test, options);
  } finally {
    await server.close();
  }
};

const nothing: Handler = async () => ({ components: [] });
const tooMany: Handler = async () => {
  throw new HoldfastError('resourceExhausted', 'Too many.', { retryAfterMs: 2500 });
};
const STATUS = '/v1/status';
const PREDICT = '/v1/models/churn:predict';

describe('the gateway as an HTTP server', () => {
  it('forwards who asks, which request and which trace, and nothing else', async () => {
    const seen: Record<string, unknown>[] = [];
    const handler: Handler = async (_request, { metadata }) => {
      seen.push(Object.fromEntries(metadata.names().map(name => [name, metadata.get(name)[0]])));
      return { components: [] };
    };
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    await withStatus(handler, async ({ ask }) => {
      const sent = {
        'x-request-id': 'abc.1',
        'x-api-key': 'hf_key',
        traceparent,
        tracestate: 'congo=t61rcWkgMzE',
        'idempotency-key': 'once',
        'x-unit-id': 'u1',
        'x-other': 'stays',
        cookie: 'a=b',
      };
      const { status, headers } = await ask('GET', STATUS, undefined, sent);
      assert.deepEqual([status, headers['x-request-id']], [200, 'abc.1']);
      const { 'x-other': _other, cookie: _cookie, ...forwarded } = sent;
      assert.partialDeepStrictEqual(seen[0], forwarded);
      assert.ok(!('x-other' in seen[0]) && !('cookie' in seen[0]), JSON.stringify(seen[0]));
      // An id that is none is replaced, a broken trace dropped; neither is a reason to refuse.
      const odd = await ask('GET', STATUS, undefined, { 'x-request-id': 'a b', traceparent: 'broken' });
      assert.equal(odd.status, 200);
      assert.match(String(odd.headers['x-request-id']), /^[0-9a-f-]{36}$/);
      assert.equal(seen[1]['x-request-id'], odd.headers['x-request-id']);
      assert.ok(!('traceparent' in seen[1]));
    });
  });

  it('gives the server as long as the caller waits', async () => {
    const deadlines: number[] = [];
    const handler: Handler = async (_request, context) => {
      deadlines.push(context.deadline - Date.now());
      if (deadlines.length > 2)
        await new Promise<void>(resolve => context.signal.addEventListener('abort', () => resolve()));
      return { components: [] };
    };
    await withStatus(handler, async ({ ask }) => {
      assert.equal((await ask('GET', STATUS, undefined, { 'x-timeout-ms': '5000' })).status, 200);
      assert.equal((await ask('GET', STATUS, undefined, { 'grpc-timeout': '6S' })).status, 200);
      assert.ok(deadlines[0] > 0 && deadlines[0] <= 5000, String(deadlines[0]));
      assert.ok(deadlines[1] > 0 && deadlines[1] <= 6000, String(deadlines[1]));
      const late = await ask('GET', STATUS, undefined, { 'x-timeout-ms': '50' });
      assert.equal(late.status, 504);
      assert.match(late.text, /DEADLINE_EXCEEDED.*No answer from the control server/);
      for (const [name, value] of [
        ['x-timeout-ms', '1.5'],
        ['x-timeout-ms', '0'],
        ['grpc-timeout', '5'],
      ])
        assert.equal(
          (await ask('GET', STATUS, undefined, { [name]: value })).status,
          400,
          `${name}: ${value}`,
        );
    });
  });

  it('says how long to wait where the server says it, and as details too', async () => {
    await withStatus(tooMany, async ({ ask }) => {
      const { status, headers, json } = await ask('GET', STATUS);
      assert.deepEqual([status, headers['retry-after']], [429, '3']);
      assert.partialDeepStrictEqual(json(), {
        error: {
          code: 8,
          details: [
            { reason: 'RESOURCE_EXHAUSTED' },
            { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '2.500s' },
          ],
        },
      });
      // The server is away: it helps to ask again.
      const away = await ask('POST', PREDICT, {});
      assert.deepEqual([away.status, away.headers['retry-after']], [503, '1']);
      assert.equal((await ask('GET', '/v1/nothing')).headers['retry-after'], undefined);
    });
  });

  it('takes packed bodies within the limit of what they become, and packs long answers', () =>
    withGateway(
      {},
      async ({ ask }) => {
        const body = JSON.stringify({ instances: [{ a: 1 }] });
        const json = { 'content-type': 'application/json' };
        for (const [encoding, bytes] of [
          ['gzip', gzipSync(body)],
          ['deflate', deflateSync(body)],
          ['identity', Buffer.from(body)],
        ] as const) {
          const { status, text } = await ask('POST', PREDICT, bytes, {
            ...json,
            'content-encoding': encoding,
          });
          assert.equal(status, 503, `${encoding}: ${text}`);
        }
        const unknown = await ask('POST', PREDICT, Buffer.from(body), { ...json, 'content-encoding': 'br' });
        assert.equal(unknown.status, 415);
        assert.match(unknown.text, /br.{1,2} is not known; expected gzip/);
        const broken = await ask('POST', PREDICT, Buffer.from(body), { ...json, 'content-encoding': 'gzip' });
        assert.equal(broken.status, 400, broken.text);
        // Half a gigabyte in half a megabyte.
        const bomb = gzipSync(Buffer.alloc(512 * 1024 * 1024));
        assert.ok(bomb.length < 1_000_000);
        const before = process.memoryUsage().rss;
        const refused = await ask('POST', PREDICT, bomb, { ...json, 'content-encoding': 'gzip' });
        assert.equal(refused.status, 413, refused.text);
        const grown = process.memoryUsage().rss - before;
        assert.ok(grown < 200e6, `${grown} bytes more`);

        const plain = await ask('GET', '/openapi.json');
        assert.equal(plain.headers['content-encoding'], undefined);
        const packed = await ask('GET', '/openapi.json', undefined, { 'accept-encoding': 'br, gzip;q=0.5' });
        assert.deepEqual(
          [packed.headers['content-encoding'], packed.headers.vary],
          ['gzip', 'accept-encoding'],
        );
        assert.ok(gunzipSync(packed.bytes).equals(plain.bytes));
        const never = await ask('GET', '/openapi.json', undefined, { 'accept-encoding': 'gzip;q=0' });
        assert.equal(never.headers['content-encoding'], undefined);
      },
      { bodyLimitBytes: 4 * 1024 * 1024 },
    ));

  it('bounds a body by what the request may hold', () =>
    withGateway({}, async ({ ask }) => {
      const large = { reason: 'x'.repeat(1_100_000) };
      const rollback = await ask('POST', '/v1/models/churn:rollback', large);
      assert.equal(rollback.status, 413);
      assert.match(rollback.text, /larger than 1048576 bytes/);
      assert.equal((await ask('POST', PREDICT, { instances: [{ a: 'x'.repeat(1_100_000) }] })).status, 503);
    }));

  it('lets pages of other origins in only where they are named', () =>
    withGateway(
      {},
      async ({ ask }) => {
        const origin = 'https://console.example';
        const preflight = await ask('OPTIONS', PREDICT, undefined, {
          origin,
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'x-api-key',
        });
        assert.equal(preflight.status, 204);
        assert.equal(preflight.headers['access-control-allow-origin'], origin);
        assert.equal(preflight.headers['access-control-allow-headers'], 'x-api-key');
        const called = await ask('POST', PREDICT, {}, { origin });
        assert.equal(called.status, 503);
        assert.equal(called.headers['access-control-allow-origin'], origin);
        assert.equal(
          called.headers['access-control-expose-headers'],
          'etag, retry-after, x-request-id, x-csrf-token',
        );
        const other = await ask('POST', PREDICT, {}, { origin: 'https://evil.example' });
        assert.equal(other.headers['access-control-allow-origin'], undefined);
      },
      { corsOrigins: ['https://console.example'] },
    ));

  it('sets the headers that keep browsers from guessing, on failures too', () =>
    withGateway({}, async ({ ask }) => {
      for (const path of ['/v1/nothing', '/openapi.json', STATUS]) {
        const { headers } = await ask('GET', path);
        assert.partialDeepStrictEqual(headers, {
          'cache-control': 'no-store',
          'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
          'referrer-policy': 'no-referrer',
          'x-content-type-options': 'nosniff',
          'x-frame-options': 'DENY',
        });
      }
    }));

  it('measures requests by their route, and logs a share of them under their ids', () => {
    const metrics = createMetrics({ process: 'gateway', version: 'test' });
    return withStatus(
      nothing,
      async ({ ask, logs }) => {
        await ask('GET', STATUS, undefined, { 'x-request-id': 'r1' });
        await ask('GET', '/v1/models/a/versions');
        await ask('GET', '/v1/models/b/versions');
        await ask('GET', '/secret/path');
        const counts = new Map<string, number>();
        await waitUntil('the last request is counted', async () => {
          const { status, type, text } = await ask('GET', '/metrics');
          assert.equal(status, 200);
          assert.match(type, /^text\/plain; version=0\.0\.4/);
          for (const [series, value] of readMetrics(text))
            if (series.startsWith('http_server_request_duration_seconds_count{')) counts.set(series, value);
          return [...counts.keys()].some(series => series.includes('unmatched'));
        });
        const count = (method: string, route: string, status: number): number | undefined =>
          counts.get(
            `http_server_request_duration_seconds_count{http_request_method="${method}",http_route="${route}",http_response_status_code="${status}"}`,
          );
        assert.equal(count('GET', STATUS, 200), 1);
        assert.equal(count('GET', '/v1/models/{model}/versions', 501), 2, [...counts.keys()].join('\n'));
        assert.equal(count('GET', 'unmatched', 404), 1);
        const line = logs.find(({ requestId }) => requestId === 'r1');
        assert.partialDeepStrictEqual(line, {
          msg: 'A request was answered.',
          method: 'GET',
          route: STATUS,
          status: 200,
        });
        assert.ok(!JSON.stringify(logs).includes('/secret/path'));
      },
      { metrics, accessLogShare: 1 },
    );
  });
});

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { constants } from 'node:http2';
import { deflateSync, gzipSync } from 'node:zlib';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, it } from 'mocha';
import { errorCodes } from '../../../platform/HoldfastError.ts';
import { beginCall, call, frame, prefix } from '../../support/bareCall.ts';
import { waitUntil } from '../../support/waitUntil.ts';
import { CHAT, ECHO, JOIN, MAXIMUM_BYTES, REPEAT, withTransport } from '../../support/withTransport.ts';

// What a server of gRPC owes to callers that no client of gRPC is: doc/PROTOCOL-HTTP2.md, compression.md and statuscodes.md of
// github.com/grpc/grpc, held against our server over HTTP/2 alone, with the statuses of docs/decisions/0045.

const OK = 0;
const INVALID_ARGUMENT = errorCodes.invalidArgument.grpc;
const RESOURCE_EXHAUSTED = errorCodes.resourceExhausted.grpc;
const UNIMPLEMENTED = errorCodes.unimplemented.grpc;
const compressions = { gzip: gzipSync, deflate: deflateSync };

describe('a request to the gRPC server over HTTP/2', () => {
  it('is refused by the length that stands before its message, without waiting for the message', () =>
    withTransport(async connection => {
      for (const path of [ECHO, JOIN, REPEAT, CHAT])
        for (const length of [MAXIMUM_BYTES + 1, 0xffffffff]) {
          const { stream, answer } = beginCall(connection, path);
          stream.write(prefix(length));
          assert.equal((await answer).status, RESOURCE_EXHAUSTED, `${path} ${length}`);
        }
      const largest = Buffer.alloc(MAXIMUM_BYTES, 'x');
      assert.deepEqual((await call(connection, ECHO, frame(largest))).messages, [largest]);
    }));

  it('is not read on once it is refused, by itself or after answers', () =>
    withTransport(async connection => {
      for (const [path, before] of [
        [ECHO, ''],
        [CHAT, ''],
        [CHAT, 'an answered one'],
        ['/nobody/Echo', ''],
      ] as const) {
        const { stream, answer } = beginCall(connection, path);
        if (before !== '') {
          const answered = once(stream, 'data');
          stream.write(frame(before));
          await answered;
        }
        stream.write(prefix(MAXIMUM_BYTES + 1));
        assert.ok((await answer).status > OK);
        await waitUntil('the end of the stream', () => stream.closed);
        assert.equal(stream.rstCode, constants.NGHTTP2_NO_ERROR);
      }
    }));

  it('fails where its body ends in the middle of a message', () =>
    withTransport(async connection => {
      for (const path of [ECHO, JOIN, REPEAT, CHAT])
        for (const bytes of [3, 5, 9]) {
          const whole = path === JOIN || path === CHAT ? frame('whole') : Buffer.alloc(0);
          const body = Buffer.concat([whole, frame('a message').subarray(0, bytes)]);
          assert.equal((await call(connection, path, body)).status, INVALID_ARGUMENT, `${path} ${bytes}`);
        }
    }));

  it('fails where it is to have one message, and has none or two', () =>
    withTransport(async connection => {
      for (const path of [ECHO, REPEAT])
        for (const messages of [[], [frame('a'), frame('b')]])
          assert.equal((await call(connection, path, Buffer.concat(messages))).status, UNIMPLEMENTED, path);
    }));

  for (const [encoding, compress] of Object.entries(compressions))
    it(`may have messages compressed by ${encoding}, and others among them that are not`, () =>
      withTransport(async connection => {
        const headers = { 'grpc-encoding': encoding };
        const large = 'compressible '.repeat(5000);
        const body = Buffer.concat([
          frame(compress(large), { compressed: true }),
          frame('plain'),
          frame(compress(''), { compressed: true }),
          frame(compress('c'), { compressed: true }),
        ]);
        const { status, messages } = await call(connection, CHAT, body, headers);
        assert.deepEqual([status, messages.map(String)], [OK, [large, 'plain', '', 'c']]);
        const one = await call(connection, ECHO, frame(compress('a'), { compressed: true }), headers);
        assert.deepEqual([one.status, one.messages.map(String)], [OK, ['a']]);
        assert.match(String(one.headers['grpc-accept-encoding']), new RegExp(`\\b${encoding}\\b`));
      }));

  it('may have no compressed message, whatever encoding it names', () =>
    withTransport(async connection => {
      for (const encoding of ['identity', 'gzip'])
        assert.equal((await call(connection, ECHO, frame('a'), { 'grpc-encoding': encoding })).status, OK);
    }));

  it('is refused where it is compressed in a way that the server does not know, with those that it knows', () =>
    withTransport(async connection => {
      const body = frame('whatever', { compressed: true });
      for (const path of [ECHO, JOIN, REPEAT, CHAT]) {
        const { status, headers } = await call(connection, path, body, { 'grpc-encoding': 'br' });
        assert.equal(status, UNIMPLEMENTED, path);
        assert.match(String(headers['grpc-accept-encoding']), /\bgzip\b/, path);
      }
    }));

  it('is refused where its message is marked as compressed and nothing says by what, or by a mark that is none', () =>
    withTransport(async connection => {
      const unsaid = frame(gzipSync('a'), { compressed: true });
      const unknown = frame('a');
      unknown.writeUInt8(2);
      for (const path of [ECHO, JOIN, REPEAT, CHAT])
        for (const [body, headers] of [
          [unsaid, {}],
          [unsaid, { 'grpc-encoding': 'identity' }],
          [unknown, {}],
        ] as const)
          assert.equal((await call(connection, path, body, headers)).status, INVALID_ARGUMENT, path);
    }));

  it('is refused where its message is small only as long as it is compressed', () =>
    withTransport(async connection => {
      for (const [encoding, compress] of Object.entries(compressions))
        for (const bytes of [MAXIMUM_BYTES + 1, 50 * MAXIMUM_BYTES]) {
          const bomb = frame(compress(Buffer.alloc(bytes)), { compressed: true });
          assert.ok(bomb.length < MAXIMUM_BYTES);
          for (const path of [ECHO, JOIN, CHAT]) {
            const { status } = await call(connection, path, bomb, { 'grpc-encoding': encoding });
            assert.equal(status, RESOURCE_EXHAUSTED, `${path} ${encoding} ${bytes}`);
          }
        }
    }));

  it('fails where its message does not unpack', () =>
    withTransport(async connection => {
      const good = gzipSync('some text to be packed');
      const wrongSum = Buffer.from(good);
      wrongSum.writeUInt32LE(1, good.length - 8);
      for (const bytes of [Buffer.from('no gzip'), good.subarray(0, -10), wrongSum, Buffer.alloc(0)])
        for (const path of [ECHO, JOIN, CHAT]) {
          const body = frame(bytes, { compressed: true });
          const { status } = await call(connection, path, body, { 'grpc-encoding': 'gzip' });
          assert.equal(status, INVALID_ARGUMENT, `${path} ${bytes.toString('hex')}`);
        }
    }));

  it('is refused where its grpc-timeout is none', () =>
    withTransport(async connection => {
      const none = ['', 'S', '10', '10x', 'S1', '1s', 'soon'];
      const more = ['1.5S', '-1S', '+1S', '123456789S', '1SS', '1 S', '1e3S', '1S, 2S'];
      for (const timeout of [...none, ...more]) {
        const { status } = await call(connection, ECHO, frame('a'), { 'grpc-timeout': timeout });
        assert.equal(status, INVALID_ARGUMENT, timeout);
      }
    }));

  // A timer of Node's for more than 2^31 - 1 ms fires at once.
  it('gives its handler the deadline that grpc-timeout means, and the time until then', async () => {
    const timeouts = {
      '2H': 7_200_000,
      '3M': 180_000,
      '40S': 40_000,
      '50000m': 50_000,
      '60000000u': 60_000,
      '99999999H': 99_999_999 * 3_600_000,
      '99999999S': 99_999_999_000,
    };
    let seen = 0;
    await withTransport(
      async connection => {
        for (const [timeout, ms] of Object.entries(timeouts)) {
          const begun = Date.now();
          const { status } = await call(connection, ECHO, frame('a'), { 'grpc-timeout': timeout });
          assert.equal(status, OK, timeout);
          assert.ok(seen >= begun + ms && seen <= Date.now() + ms + 1, `${timeout}: ${seen - begun} ms`);
        }
        await call(connection, ECHO, frame('a'));
        assert.equal(seen, Number.POSITIVE_INFINITY);
      },
      {
        echo: async (request, { deadline }) => {
          seen = deadline;
          await sleep(10);
          return request;
        },
      },
    );
  });

  it('gives its handler all values of its metadata, and binary ones decoded', async () => {
    const seen: Record<string, readonly (string | Buffer)[]> = {};
    const values = [Buffer.from([0, 255, 10, 11]), Buffer.from('ab'), Buffer.from('c')];
    const padded = values.map(value => value.toString('base64'));
    const bare = padded.map(value => value.replace(/=+$/, ''));
    await withTransport(
      async connection => {
        await call(connection, ECHO, frame('a'), {
          'x-text': ['one', 'two', 'three'],
          'x-one-bin': padded[0],
          'x-joined-bin': padded.join(','),
          'x-repeated-bin': bare,
        });
        // HTTP may join the values of a name.
        assert.equal(seen['x-text']?.join(', '), 'one, two, three');
        assert.deepEqual(seen['x-one-bin'], values.slice(0, 1));
        assert.deepEqual(seen['x-joined-bin'], values);
        assert.deepEqual(seen['x-repeated-bin'], values);
        assert.deepEqual(seen['x-none'], []);
      },
      {
        echo: async (request, { metadata }) => {
          for (const name of ['x-text', 'x-one-bin', 'x-joined-bin', 'x-repeated-bin', 'x-none'])
            seen[name] = metadata.get(name);
          return request;
        },
      },
    );
  });
});

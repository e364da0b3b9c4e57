import assert from 'node:assert/strict';
import { once } from 'node:events';
import { constants } from 'node:http2';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { deflateSync, gzipSync } from 'node:zlib';
import { describe, it } from 'mocha';
import { errorCodes, HoldfastError } from '../../../platform/HoldfastError.ts';
import { beginCall, call, frame, prefix, withConnection, writeApart } from '../../support/bareCall.ts';
import { waitUntil } from '../../support/waitUntil.ts';
import { withGrpcServer } from '../../support/withGrpcServer.ts';
import {
  CHAT,
  ECHO,
  JOIN,
  MAXIMUM_BYTES,
  REPEAT,
  transportService,
  waiting,
  withTransport,
} from '../../support/withTransport.ts';

// What a server of gRPC owes to callers that no client of gRPC is: doc/PROTOCOL-HTTP2.md, compression.md and statuscodes.md of
// github.com/grpc/grpc, held against our server over HTTP/2 alone, with the statuses of docs/decisions/0045.

const OK = 0;
const INVALID_ARGUMENT = errorCodes.invalidArgument.grpc;
const DEADLINE_EXCEEDED = errorCodes.deadlineExceeded.grpc;
const RESOURCE_EXHAUSTED = errorCodes.resourceExhausted.grpc;
const UNIMPLEMENTED = errorCodes.unimplemented.grpc;

const compressions = { gzip: gzipSync, deflate: deflateSync };

describe('the gRPC server over HTTP/2', () => {
  it('answers headers, messages and trailers', () =>
    withTransport(async connection => {
      for (const type of ['application/grpc', 'application/grpc+proto']) {
        const answer = await call(connection, REPEAT, frame('a'), { 'content-type': type });
        assert.equal(answer.headers[':status'], 200);
        assert.match(String(answer.headers['content-type']), /^application\/grpc(\+proto)?$/);
        assert.equal(answer.headers['grpc-status'], undefined);
        assert.deepEqual(answer.messages.map(String), ['a', 'a', 'a']);
        assert.equal(answer.isTrailersOnly, false);
        assert.equal(answer.status, OK);
      }
    }));

  it('writes the message of an error so that any header may hold it', async () => {
    const message = '\t100 % of \u{263a} and \u{1f608}\r\n';
    const fail = async (): Promise<never> => {
      throw new HoldfastError('notFound', message);
    };
    await withTransport(
      async connection => {
        const { trailers, status, headers } = await call(connection, ECHO, frame('a'));
        const written = String(trailers['grpc-message']);
        assert.match(written, /^[\x20-\x7e]+$/);
        assert.deepEqual([status, decodeURIComponent(written), headers[':status']], [5, message, 200]);
      },
      { echo: fail },
    );
  });

  it('refuses what is not gRPC by the HTTP status 415', () =>
    withTransport(async connection => {
      const dialects = ['application/grpc-web', 'application/grpc-web+proto', 'application/grpcx'];
      for (const type of ['application/json', 'text/plain', undefined, ...dialects]) {
        const { headers } = await call(connection, ECHO, frame('a'), { 'content-type': type });
        assert.equal(headers[':status'], 415, type);
      }
    }));

  it('answers nothing but POST', () =>
    withTransport(async connection => {
      for (const name of ['GET', 'PUT']) {
        const { stream, answer } = beginCall(connection, ECHO, { ':method': name });
        if (stream.writable) stream.end(frame('a'));
        const { headers } = await answer;
        assert.equal(headers[':status'], 405, name);
      }
    }));

  it('answers what it does not have by trailers alone', () =>
    withTransport(async connection => {
      for (const path of ['/test.Transport/Nothing', '/nobody/Echo', '/', '/test.Transport/Echo/']) {
        const { status, isTrailersOnly, headers } = await call(connection, path, frame('a'));
        assert.deepEqual([status, isTrailersOnly, headers[':status']], [UNIMPLEMENTED, true, 200], path);
      }
    }));

  for (const size of [1, 2, 3, 4, 5, 6, 7, 11, 1000])
    it(`reads messages that come ${size} ${size === 1 ? 'byte' : 'bytes'} a frame`, () =>
      withTransport(async connection => {
        const messages = ['', 'ab', '', 'a longer one', 'c'];
        const body = Buffer.concat(messages.map(message => frame(message)));
        for (const path of [JOIN, CHAT]) {
          const { stream, answer } = beginCall(connection, path);
          for (let at = 0; at < body.length; at += size)
            await writeApart(stream, body.subarray(at, at + size));
          stream.end();
          const { status, messages: answered } = await answer;
          assert.equal(status, OK);
          assert.deepEqual(answered.map(String), path === JOIN ? [messages.join('|')] : messages);
        }
      }));

  it('answers each message of a stream when it has come', () =>
    withTransport(async connection => {
      const { stream, answer } = beginCall(connection, CHAT);
      for (const message of ['a', 'b', 'c']) {
        const answered = once(stream, 'data');
        stream.write(frame(message));
        const [bytes] = await answered;
        assert.deepEqual(bytes, frame(message));
      }
      stream.end();
      assert.equal((await answer).status, OK);
    }));

  it('answers a stream of requests before its end where the handler does', () =>
    withTransport(
      async connection => {
        const { stream, answer } = beginCall(connection, JOIN);
        stream.write(frame('first'));
        const { status, messages } = await answer;
        assert.deepEqual([status, messages.map(String)], [OK, ['first']]);
      },
      {
        join: async requests => {
          for await (const request of requests) return request;
          return Buffer.from('none');
        },
      },
    ));
});

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

describe('a call of the gRPC server over HTTP/2', () => {
  it('ends when its time is over, and its handler is told', async () => {
    const { calls, handlers } = waiting();
    await withTransport(async connection => {
      for (const path of [ECHO, JOIN, REPEAT, CHAT])
        for (const timeout of ['1n', '20m']) {
          const { status } = await call(connection, path, frame('a'), { 'grpc-timeout': timeout });
          assert.equal(status, DEADLINE_EXCEEDED, `${path} ${timeout}`);
        }
      assert.ok(calls.underWay > 0);
      await waitUntil('the end of the handlers', () => calls.gone === calls.underWay);
    }, handlers);
  });

  it('ends when its caller resets it, and its handler is told', async () => {
    const { calls, handlers } = waiting();
    await withTransport(async connection => {
      for (const [before, path] of [ECHO, JOIN, REPEAT, CHAT].entries()) {
        const { stream } = beginCall(connection, path);
        stream.write(frame('a'));
        if (path === ECHO || path === REPEAT) stream.end();
        await waitUntil('the call', () => calls.underWay === before + 1);
        stream.close(constants.NGHTTP2_CANCEL);
        await waitUntil('the end of the handler', () => calls.gone === before + 1);
      }
    }, handlers);
  });

  it('ends when its caller, who read nothing, goes', async () => {
    let sent = 0;
    let isOver = false;
    await withTransport(
      async connection => {
        const { stream } = beginCall(connection, REPEAT);
        stream.pause();
        stream.end(frame(Buffer.alloc(50_000)));
        let before = -1;
        await waitUntil('a full window', () => {
          const stands = sent > 0 && sent === before;
          before = sent;
          return stands;
        });
        assert.equal(isOver, false);
        stream.close(constants.NGHTTP2_CANCEL);
        await waitUntil('the end of the handler', () => isOver);
      },
      {
        repeat: async function* repeat(request) {
          try {
            for (; ; sent++) yield request;
          } finally {
            isOver = true;
          }
        },
      },
    );
  });

  it('ends with its connection, and so do all others on it, however far they are', async () => {
    const { calls, handlers } = waiting();
    await withTransport(async (_connection, started) => {
      await withConnection(started, async connection => {
        const message = frame('of some length');
        for (let begun = 0; begun < 50; begun++) {
          const { stream } = beginCall(connection, [ECHO, CHAT, JOIN][begun % 3]);
          // Of some not even the message is whole.
          if (begun % 5 === 0) stream.write(message.subarray(0, 8));
          else stream.end(message);
        }
        await waitUntil('the calls', () => calls.underWay >= 40);
        connection.socket.resetAndDestroy();
      });
      await waitUntil('the end of the handlers', () => calls.gone === calls.underWay);
    }, handlers);
  });

  it('finishes when the server closes, which takes no others', async () => {
    const gate = Promise.withResolvers<void>();
    let underWay = 0;
    const service = transportService({
      echo: async request => {
        underWay++;
        await gate.promise;
        return request;
      },
      chat: async function* chat(requests) {
        underWay++;
        yield* requests;
      },
    });
    await withGrpcServer([service], async started => {
      await withConnection(started, async connection => {
        const echoed = call(connection, ECHO, frame('a'));
        const chat = beginCall(connection, CHAT);
        chat.stream.write(frame('b'));
        await waitUntil('the calls', () => underWay === 2);
        const goingAway = once(connection.session, 'goaway');
        const closing = started.server.close();
        const [code] = await goingAway;
        assert.equal(code, constants.NGHTTP2_NO_ERROR);
        gate.resolve();
        chat.stream.end(frame('c'));
        const answers = await Promise.all([echoed, chat.answer]);
        assert.deepEqual(
          answers.map(({ status, messages }) => [status, messages.map(String)]),
          [
            [OK, ['a']],
            [OK, ['b', 'c']],
          ],
        );
        await closing;
      });
      await withConnection(started, connection =>
        assert.rejects(call(connection, ECHO, frame('a')), /ECONNREFUSED/),
      );
    });
  });

  it('ends with the server, where its caller does not hang up', () =>
    withGrpcServer(
      [transportService()],
      async ({ address, server }) => {
        const [host, port] = address.split(':');
        const socket = connect({ host, port: Number(port), allowHalfOpen: true });
        socket.on('error', () => undefined).resume();
        socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
        socket.write(Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]));
        // The server's settings.
        await once(socket, 'data');
        const ended = once(socket, 'end');
        await server.close();
        await ended;
        await waitUntil('the end of the connection', () => {
          if (!socket.closed) socket.write('more');
          return socket.closed;
        });
      },
      { drainMs: 50 },
    ));
});

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'mocha';
import { errorCodes, HoldfastError } from '../../../platform/HoldfastError.ts';
import { beginCall, call, frame, writeApart } from '../../support/bareCall.ts';
import { CHAT, ECHO, JOIN, REPEAT, withTransport } from '../../support/withTransport.ts';

// What a server of gRPC owes to callers that no client of gRPC is: doc/PROTOCOL-HTTP2.md, compression.md and statuscodes.md of
// github.com/grpc/grpc, held against our server over HTTP/2 alone, with the statuses of docs/decisions/0045.

const OK = 0;
const UNIMPLEMENTED = errorCodes.unimplemented.grpc;

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

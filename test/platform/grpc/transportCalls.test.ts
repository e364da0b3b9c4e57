import assert from 'node:assert/strict';
import { once } from 'node:events';
import { constants } from 'node:http2';
import { connect } from 'node:net';
import { describe, it } from 'mocha';
import { errorCodes } from '../../../platform/HoldfastError.ts';
import { beginCall, call, frame, withConnection } from '../../support/bareCall.ts';
import { waitUntil } from '../../support/waitUntil.ts';
import { withGrpcServer } from '../../support/withGrpcServer.ts';
import {
  CHAT,
  ECHO,
  JOIN,
  REPEAT,
  transportService,
  waiting,
  withTransport,
} from '../../support/withTransport.ts';

// What a server of gRPC owes to callers that no client of gRPC is: doc/PROTOCOL-HTTP2.md, compression.md and statuscodes.md of
// github.com/grpc/grpc, held against our server over HTTP/2 alone, with the statuses of docs/decisions/0045.

const OK = 0;
const DEADLINE_EXCEEDED = errorCodes.deadlineExceeded.grpc;

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

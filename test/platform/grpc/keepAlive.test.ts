import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connectHttp2, createServer } from 'node:http2';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { describe, it } from 'mocha';
import { keepAlive } from '../../../platform/grpc/http2/keepAlive.ts';
import { waitUntil } from '../../support/waitUntil.ts';

const EMPTY_SETTINGS = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);
/** No stream was taken, and nothing is wrong. */
const GOAWAY = Buffer.concat([Buffer.from([0, 0, 8, 7, 0, 0, 0, 0, 0]), Buffer.alloc(8)]);

async function withServer(
  answerWithinMs: number,
  test: (port: number, ended: () => boolean) => Promise<void>,
): Promise<void> {
  let ended = false;
  const server = createServer();
  const sockets: Socket[] = [];
  server.on('connection', (socket: Socket) => sockets.push(socket));
  server.on('session', session => {
    session.once('close', () => {
      ended = true;
    });
    keepAlive(session, () => sockets[0].destroy(), { everyMs: 20, answerWithinMs });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port }: Pick<AddressInfo, 'port'> = Object(server.address());
  try {
    await test(port, () => ended);
  } finally {
    server.close();
  }
}

describe('keepAlive', () => {
  it('ends a connection whose other side has fallen silent', () =>
    withServer(50, async port => {
      const socket = connect(port, '127.0.0.1');
      socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
      socket.write(EMPTY_SETTINGS);
      // Reads, and says nothing.
      socket.resume();
      await once(socket, 'close');
    }));

  it('ends a connection whose other side has ended the session and does not hang up', () =>
    withServer(10_000, async (port, ended) => {
      const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
      socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
      socket.write(EMPTY_SETTINGS);
      socket.write(GOAWAY);
      socket.resume();
      await once(socket, 'end');
      await waitUntil('the end of the connection', ended);
      socket.destroy();
    }));

  it('leaves one alone that answers', () =>
    withServer(10_000, async (port, ended) => {
      const session = connectHttp2(`http://127.0.0.1:${port}`);
      for (let pings = 0; pings < 3; pings++) await once(session, 'ping');
      assert.equal(ended(), false);
      session.destroy();
    }));
});

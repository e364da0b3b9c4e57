import {
  createSecureServer,
  createServer,
  type Http2Session,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2';
import type { Socket } from 'node:net';
import type { ServerSecurity } from '../../tls/serverSecurity.ts';
import { keepAlive } from './keepAlive.ts';

// Connections of HTTP/2 and their streams, with or without TLS: they are taken, kept alive, and let go.

export interface Http2ServerOptions {
  /** Told of each stream. @param peer who sent it, as `127.0.0.1:4711` */
  readonly begin: (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, peer: string) => void;
  /** Null: plain. */
  readonly security: ServerSecurity | null;
  readonly keepaliveMs: number;
  /** Told of a handshake of TLS that failed, on either side. */
  readonly onHandshakeFailed: (error: Error, peer: string) => void;
  /** Told of what goes wrong with the port once it is bound. */
  readonly onError: (error: Error) => void;
}

export interface Http2Server {
  /** @returns the port bound. @throws Error with Node's code where it cannot be */
  listen(host: string, port: number): Promise<number>;
  /** Takes no more connections and no more streams. Settles when all have ended. */
  close(): Promise<void>;
  /** Cuts off what is left. */
  destroy(): void;
}

const KEEPALIVE_ANSWER_MS = 20_000;
/** What a connection holds is bounded by its messages; Node's own bound would end a connection with many of them. */
const limits = {
  maxSessionMemory: Number.MAX_SAFE_INTEGER,
  maxSendHeaderBlockLength: Number.MAX_SAFE_INTEGER,
};

export function createHttp2Server({
  begin,
  security,
  keepaliveMs,
  onHandshakeFailed,
  onError,
}: Http2ServerOptions): Http2Server {
  const server =
    security === null ? createServer(limits) : createSecureServer({ ...limits, ...security.demands });
  const unfollow = security?.follow(context => {
    if ('setSecureContext' in server) server.setSecureContext(context);
  });
  server.on('tlsClientError', (error: Error, socket: Socket) => onHandshakeFailed(error, peerOf(socket)));
  const peers = new Map<Http2Session, string>();
  // By peer, for a session neither tells its socket nor always takes it along when it ends.
  const sockets = new Map<string, Socket>();
  let isClosing = false;
  server.on('connection', (socket: Socket) => {
    const peer = peerOf(socket);
    sockets.set(peer, socket);
    socket.once('close', () => sockets.delete(peer));
  });
  server.on('session', session => {
    const peer = peerOf(session.socket);
    peers.set(session, peer);
    session.once('close', () => peers.delete(session));
    keepAlive(session, () => sockets.get(peer)?.destroy(), {
      everyMs: keepaliveMs,
      answerWithinMs: KEEPALIVE_ANSWER_MS,
    });
    if (isClosing) session.close();
  });
  server.on('stream', (stream, headers) =>
    begin(stream, headers, (stream.session && peers.get(stream.session)) ?? 'unknown'),
  );
  return {
    listen: (host, port) =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen({ host, port }, () => {
          server.off('error', reject).on('error', onError);
          const address = server.address();
          resolve(typeof address === 'object' && address !== null ? address.port : port);
        });
      }),
    close: () => {
      isClosing = true;
      unfollow?.();
      return new Promise(resolve => {
        server.close(() => resolve());
        for (const session of peers.keys()) session.close();
      });
    },
    destroy: () => {
      for (const session of peers.keys()) session.destroy();
      for (const socket of sockets.values()) socket.destroy();
    },
  };
}

const peerOf = ({ remoteAddress, remotePort }: Pick<Socket, 'remoteAddress' | 'remotePort'>): string =>
  remoteAddress === undefined ? 'unknown' : `${remoteAddress}:${remotePort}`;

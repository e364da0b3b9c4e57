import assert from 'node:assert/strict';
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  connect,
} from 'node:http2';
import { connect as openSocket, type Socket } from 'node:net';
import type { StartedServer } from './withGrpcServer.ts';

// gRPC calls over HTTP/2 alone, for what no client of gRPC can be made to send: every byte and every header is the test's.

export interface BareConnection {
  readonly session: ClientHttp2Session;
  readonly socket: Socket;
}

export interface BareAnswer {
  readonly headers: IncomingHttpHeaders & { readonly ':status'?: number };
  /** Where the answer is trailers only, the headers. */
  readonly trailers: IncomingHttpHeaders;
  readonly isTrailersOnly: boolean;
  readonly messages: readonly Buffer[];
  /** grpc-status; NaN where there is none. */
  readonly status: number;
}

export interface BareCall {
  readonly stream: ClientHttp2Stream;
  /** When the server has ended its side, whatever is still to be sent on ours. */
  readonly answer: Promise<BareAnswer>;
}

export async function withConnection<T>(
  { address }: Pick<StartedServer, 'address'>,
  test: (connection: BareConnection) => Promise<T>,
): Promise<T> {
  const [host, port] = address.split(':');
  const socket = openSocket(Number(port), host);
  const session = connect(`http://${address}`, { createConnection: () => socket });
  // What a connection breaks with, its calls are told.
  session.on('error', () => undefined);
  socket.on('error', () => undefined);
  try {
    return await test({ session, socket });
  } finally {
    session.destroy();
  }
}

/** Begins a call. Headers are added to those of every client; `undefined` takes one away. */
export function beginCall(
  { session }: BareConnection,
  path: string,
  headers: OutgoingHttpHeaders = {},
): BareCall {
  const stream = session.request({
    ':method': 'POST',
    ':path': path,
    'content-type': 'application/grpc',
    te: 'trailers',
    ...headers,
  });
  let received: BareAnswer['headers'] = {};
  let trailers: IncomingHttpHeaders | null = null;
  const chunks: Buffer[] = [];
  stream.on('response', given => {
    received = given;
  });
  stream.on('trailers', given => {
    trailers = given;
  });
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  const answer = new Promise<BareAnswer>((resolve, reject) => {
    stream.on('error', reject);
    stream.once('close', () => reject(new Error(`The stream was closed: ${stream.rstCode}.`)));
    stream.once('end', () => {
      const last = trailers ?? received;
      resolve({
        headers: received,
        trailers: last,
        isTrailersOnly: trailers === null,
        messages: messagesOf(Buffer.concat(chunks)),
        status: Number.parseInt(String(last['grpc-status']), 10),
      });
    });
  });
  // Who cancels a call waits for no answer.
  answer.catch(() => undefined);
  return { stream, answer };
}

/** One call with this body. */
export function call(
  connection: BareConnection,
  path: string,
  body: Buffer,
  headers: OutgoingHttpHeaders = {},
): Promise<BareAnswer> {
  const { stream, answer } = beginCall(connection, path, headers);
  stream.end(body);
  return answer;
}

/** Writes a part as DATA frames of its own. */
export const writeApart = (stream: ClientHttp2Stream, part: Buffer): Promise<void> =>
  new Promise((resolve, reject) => {
    stream.write(part, error => (error ? reject(error) : resolve()));
  });

export function frame(message: Buffer | string, { compressed = false } = {}): Buffer {
  const body = Buffer.from(message);
  return Buffer.concat([prefix(body.length, compressed), body]);
}

/** What stands before a message. */
export function prefix(length: number, compressed = false): Buffer {
  const bytes = Buffer.alloc(5);
  bytes.writeUInt8(compressed ? 1 : 0);
  bytes.writeUInt32BE(length, 1);
  return bytes;
}

function messagesOf(body: Buffer): Buffer[] {
  const messages: Buffer[] = [];
  for (let at = 0; at < body.length; ) {
    const length = body.readUInt32BE(at + 1);
    assert.ok(at + 5 + length <= body.length, 'The answer ends in the middle of a message.');
    assert.equal(body[at], 0, 'Nobody offered to take compressed messages.');
    messages.push(body.subarray(at + 5, at + 5 + length));
    at += 5 + length;
  }
  return messages;
}

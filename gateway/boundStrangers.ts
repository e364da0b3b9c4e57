import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyRequest } from 'fastify';
import { peerNetwork } from '../platform/access/peerNetwork.ts';
import { KEY_HEADER, TOKEN_HEADER } from '../platform/access/readSecret.ts';
import { HoldfastError } from '../platform/HoldfastError.ts';
import type { GatewayPart } from './GatewayContext.ts';

// What strangers may have this process hold of their bodies. The gateway knows no keys; it learns that one is good when a server
// admitted it. Until then a caller's bodies count, before they are read and for as long as they are answered, against a bound of
// its network and one of all strangers together.

/** How many proven keys and sessions are remembered; one that is forgotten proves itself by its next call. */
const MOST_PROVEN = 10_000;
const RETRY_MS = 1000;

export const boundStrangers: GatewayPart = (app, { bodyLimitBytes, strangers }) => {
  const proven = new Set<string>();
  const held = new Map<string, number>();
  let total = 0;

  app.addHook('onRequest', (request, reply, done) => {
    const { headers } = request;
    if (proven.has(secretOf(headers))) return done();
    const bytes = bodyBytes(request, request.routeOptions.bodyLimit ?? bodyLimitBytes);
    if (bytes === 0) return done();
    const network = peerNetwork(String(headers['x-forwarded-for']));
    const mine = held.get(network) ?? 0;
    // A single body goes through where nothing else is held: nobody could prove anything by a large one else.
    if (mine > 0 && mine + bytes > strangers.networkBytes) throw tooMuch(network, strangers.networkBytes);
    if (total > 0 && total + bytes > strangers.totalBytes) throw tooManyStrangers();
    held.set(network, mine + bytes);
    total += bytes;
    reply.raw.once('close', () => {
      const left = (held.get(network) ?? 0) - bytes;
      if (left > 0) held.set(network, left);
      else held.delete(network);
      total -= bytes;
    });
    done();
  });

  app.addHook('onResponse', ({ headers, routeOptions }, { statusCode }, done) => {
    const { access } = routeOptions.config;
    // Such an answer is a server's, which has seen who calls.
    if (statusCode < 300 && access !== undefined && access?.$case !== 'public') {
      // The one that is known for the longest time.
      const [oldest = ''] = proven.size < MOST_PROVEN ? [] : proven;
      proven.delete(oldest);
      proven.add(secretOf(headers));
    } else if (statusCode === 401) {
      proven.delete(secretOf(headers));
    }
    done();
  });
};

/** Two names for one thing; a key goes first, as at the servers. */
const secretOf = (headers: IncomingHttpHeaders): string =>
  [headers[KEY_HEADER]].flat()[0] || headers[TOKEN_HEADER] || '';

/** How much may be held of a body, by what is said of it: a packed one, or one without a length, may become as large as any. */
function bodyBytes({ method, headers }: FastifyRequest, limitBytes: number): number {
  if (method === 'GET' || method === 'HEAD') return 0;
  const { 'content-length': length, 'content-encoding': encoding, 'transfer-encoding': transfer } = headers;
  if (length === '0' || (length === undefined && transfer === undefined)) return 0;
  if (length === undefined || (encoding !== undefined && encoding !== 'identity')) return limitBytes;
  return Math.min(Number(length), limitBytes);
}

const tooMuch = (network: string, bytes: number): HoldfastError =>
  new HoldfastError(
    'resourceExhausted',
    `Callers at ${network} who have not proved who they are send more than ${bytes} bytes at a time. Ask again shortly, or call with less first: whoever was answered once with a key is not held back.`,
    { retryAfterMs: RETRY_MS },
  );

const tooManyStrangers = (): HoldfastError =>
  new HoldfastError(
    'unavailable',
    'Too much is being sent by callers who have not proved who they are. Ask again shortly.',
    { retryAfterMs: RETRY_MS },
  );

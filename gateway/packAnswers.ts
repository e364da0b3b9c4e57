import { gzip } from 'node:zlib';
import type { GatewayPart } from './GatewayContext.ts';

/** Below this, packing costs more than it spares. */
const LEAST_BYTES = 1024;

/** Answers of some size are packed for callers that take gzip; streams are not, for each of their lines is to go out at once. */
export const packAnswers: GatewayPart = app => {
  app.addHook('onSend', (request, reply, payload, done) => {
    const accepted = request.headers['accept-encoding'];
    const isLong = (typeof payload === 'string' || Buffer.isBuffer(payload)) && payload.length >= LEAST_BYTES;
    if (!isLong || reply.hasHeader('content-encoding')) return done(null, payload);
    reply.header('vary', 'accept-encoding');
    if (accepted === undefined || !takesGzip(accepted)) return done(null, payload);
    gzip(payload, (error, packed) => {
      if (error !== null) return done(error);
      reply.header('content-encoding', 'gzip').removeHeader('content-length');
      done(null, packed);
    });
  });
};

/** As RFC 9110 has it: named, or `*`, and not with the weight 0. */
const takesGzip = (header: string | string[]): boolean => {
  const weights = new Map(
    String(header)
      .toLowerCase()
      .split(',')
      .map(each => {
        const [name = '', ...parameters] = each.split(';').map(part => part.trim());
        const weight = parameters.find(parameter => parameter.startsWith('q='))?.slice(2) ?? '1';
        return [name, Number(weight)];
      }),
  );
  return (weights.get('gzip') ?? weights.get('*') ?? 0) > 0;
};

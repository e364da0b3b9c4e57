import type { GatewayPart } from './GatewayContext.ts';

/**
 * On every answer: what helmet sets, for an API whose answers are no pages. A page sets its own policy over it. Strict transport
 * security is the affair of whoever ends TLS in front.
 */
const headers = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

export const secureHeaders: GatewayPart = app => {
  app.addHook('onRequest', (_request, reply, done) => {
    reply.headers(headers);
    done();
  });
};

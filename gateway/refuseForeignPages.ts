import { assertLocalCaller } from './assertLocalCaller.ts';
import type { GatewayPart } from './GatewayContext.ts';

export const refuseForeignPages: GatewayPart = app => {
  app.addHook('onRequest', async ({ headers }, reply) => {
    reply.headers({ 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' });
    assertLocalCaller(headers);
  });
};

import { assertLocalCaller } from './assertLocalCaller.ts';
import type { GatewayPart } from './GatewayContext.ts';

export const refuseForeignPages: GatewayPart = (app, { corsOrigins }) => {
  app.addHook('onRequest', ({ headers: { host, origin } }, _reply, done) => {
    const isAllowed = origin !== undefined && corsOrigins.includes(origin);
    assertLocalCaller({ host, ...(isAllowed ? {} : { origin }) });
    done();
  });
};

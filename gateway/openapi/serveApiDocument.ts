import type { GatewayPart } from '../GatewayContext.ts';
import { describeApi } from './describeApi.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What the OpenAPI document says of a route that is no method's. */
    readonly openapi?: object;
  }
}

/** `/openapi.json`: made once, at start, when every route is known. Registered before the routes that it shall tell of. */
export const serveApiDocument: GatewayPart = (app, context) => {
  const others: Record<string, Record<string, object>> = {};
  let document = '';
  app.addHook('onRoute', ({ url, method, config }) => {
    if (config?.openapi === undefined) return;
    for (const verb of [method].flat())
      if (verb !== 'HEAD') (others[url] ??= {})[verb.toLowerCase()] = config.openapi;
  });
  app.addHook('onReady', async () => {
    document = JSON.stringify(describeApi({ ...context, others }));
  });
  app.get('/openapi.json', (_request, reply) => reply.type('application/json; charset=utf-8').send(document));
};

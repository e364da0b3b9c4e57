import type { GatewayPart } from './GatewayContext.ts';

/** `/metrics`, where the original system had it: this process's figures, as on its own port for Prometheus. */
export const servePageOfMetrics: GatewayPart = (app, { metrics }) => {
  if (metrics === undefined) return;
  const { registry } = metrics;
  app.get('/metrics', async (_request, reply) => {
    const page = await registry.metrics();
    return reply.type(registry.contentType).send(page);
  });
};

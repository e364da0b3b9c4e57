import { createHttpMetrics } from '../observability/metrics/createHttpMetrics.ts';
import type { GatewayPart } from './GatewayContext.ts';

/** Every request is measured, and a share of them leaves a line in the log: which route, how it ended, how long it took. */
export const observeRequests: GatewayPart = (app, { logger, metrics, accessLogShare }) => {
  const measured = metrics === undefined ? undefined : createHttpMetrics(metrics);
  let due = 0;
  app.addHook('onRequest', (_request, _reply, done) => {
    measured?.begun();
    done();
  });
  app.addHook('onResponse', (request, reply, done) => {
    const { method, id: requestId, routeOptions } = request;
    const { statusCode: status, elapsedTime: ms } = reply;
    const route = routeOptions.config.template ?? routeOptions.url ?? 'unmatched';
    measured?.ended({ method, route, status, ms });
    due += accessLogShare;
    const sampled = due >= 1;
    if (sampled) due -= 1;
    if (sampled || status >= 400) {
      const fields = { method, route, status, ms: Math.round(ms * 1000) / 1000, requestId };
      if (sampled) logger.info(fields, 'A request was answered.');
      else logger.debug(fields, 'A request failed.');
    }
    done();
  });
};

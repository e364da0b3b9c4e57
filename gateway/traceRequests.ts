import type { FastifyRequest } from 'fastify';
import { endServerSpan, type ServerSpan, startServerSpan } from '../observability/tracing/startServerSpan.ts';
import type { GatewayPart } from './GatewayContext.ts';

/** A span for each request, under the trace that its headers name; the call behind it belongs to it. */
export const traceRequests: GatewayPart = (app, { traced: isTraced }) => {
  if (!isTraced) return;
  const spans = new WeakMap<FastifyRequest, ServerSpan>();
  app.addHook('onRequest', (request, _reply, done) => {
    const { method } = request;
    const route = toTemplate(request.routeOptions.url ?? 'none');
    const traced = startServerSpan(
      `${method} ${route}`,
      { 'http.request.method': method, 'http.route': route },
      request.headers,
      (headers, name) => headers[name]?.toString(),
    );
    spans.set(request, traced);
    traced.within(done);
  });
  // Once more, for a body that was read brought the connection's own context along.
  app.addHook('preValidation', (request, _reply, done) => {
    const traced = spans.get(request);
    if (traced === undefined) done();
    else traced.within(done);
  });
  app.addHook('onResponse', (request, { statusCode }, done) => {
    const traced = spans.get(request);
    if (traced !== undefined)
      endServerSpan(
        traced.span,
        { 'http.response.status_code': statusCode },
        statusCode >= 500 ? `HTTP ${statusCode}` : null,
      );
    done();
  });
};

/** As the protos write it: `/v1/models/{model}:predict` of Fastify's `/v1/models/:model([^/:]+)::predict`. */
const toTemplate = (pattern: string): string =>
  pattern.replaceAll(/::|:(\w+)(?:\([^)]*\))?/g, (_found, name?: string) =>
    name === undefined ? ':' : `{${name}}`,
  );

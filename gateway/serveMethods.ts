import type { FastifyInstance, FastifyReply } from 'fastify';
import { HoldfastError } from '../platform/HoldfastError.ts';
import { callMethod } from './callMethod.ts';
import { forwardHeaders } from './forwardHeaders.ts';
import type { GatewayPart } from './GatewayContext.ts';
import { noSuchRoute } from './noSuchRoute.ts';
import type { Route } from './readRoutes.ts';
import { type HttpInput, toRequest } from './toRequest.ts';

/** A route for each binding of each method. */
export const serveMethods: GatewayPart = (app, context) => {
  const { backend, registry, routes, bodyLimitBytes } = context;
  const forwarded = [context.stickyHeader, 'x-holdfast-arm'];
  const stopping = createStop(app, context.drainMs);
  for (const route of routes)
    app.route<{ Params: HttpInput['parameters']; Querystring: HttpInput['query']; Body?: string }>({
      method: route.verb,
      url: toFastifyPath(route.template),
      handler: async (request, reply) => {
        const { params: parameters, query, body = '' } = request;
        if (route.variables.some(({ name }) => parameters[name] === ''))
          throw noSuchRoute(request.method, request.url);
        const message = toRequest(route, { parameters, query, body }, registry);
        if (message.length > bodyLimitBytes) throw tooLarge(message.length, bodyLimitBytes);
        const signal = AbortSignal.any([goneSignal(reply), stopping(route)]);
        const headers = forwardHeaders(request.headers, forwarded);
        const answer = await callMethod(route, message, { backend, registry, headers, signal });
        if (answer.kind === 'one') return reply.send(answer.json);
        if (answer.kind === 'lines') return reply.type('application/x-ndjson').send(answer.lines);
        // A page made from somebody's data runs nothing and fetches nothing, whatever is in it.
        return reply
          .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; sandbox")
          .type(answer.contentType)
          .send(answer.data);
      },
    });
};

/** Fastify reads `:verb` as a parameter, so the colon is doubled and the variable before it bounded. */
const toFastifyPath = (template: string): string =>
  template
    .replace(/:(?=[^/]*$)/, '::')
    .replace(/\{([^}]*)\}(::)?/g, (_all, name: string, verb?: string) =>
      verb ? `:${name}([^/:]+)::` : `:${name}`,
    );

/** Aborts what is under way when the gateway closes: streams at once, for they may last for hours, the rest after a while. */
function createStop(app: FastifyInstance, drainMs: number): (route: Route) => AbortSignal {
  const reason = new HoldfastError('unavailable', 'The gateway is stopping. Ask again shortly.');
  const streams = new AbortController();
  const calls = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  app.addHook('preClose', async () => {
    streams.abort(reason);
    timer = setTimeout(() => calls.abort(reason), drainMs);
  });
  app.addHook('onClose', async () => clearTimeout(timer));
  return ({ method }) => (method.methodKind === 'unary' ? calls : streams).signal;
}

function goneSignal({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController();
  raw.once('close', () => gone.abort(new HoldfastError('unavailable', 'The caller went away.')));
  return gone.signal;
}

const tooLarge = (bytes: number, limitBytes: number): Error =>
  Object.assign(new Error(`${bytes} bytes as a message; expected at most ${limitBytes}`), {
    statusCode: 413,
  });

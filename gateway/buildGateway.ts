import type { FileDescriptorSet } from '@bufbuild/protobuf/wkt';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Logger } from '../observability/createLogger.ts';
import { errorCodes, HoldfastError } from '../platform/HoldfastError.ts';
import { assertLocalCaller } from './assertLocalCaller.ts';
import { callMethod } from './callMethod.ts';
import type { Backend } from './createBackend.ts';
import { forwardHeaders } from './forwardHeaders.ts';
import { readRoutes, type Route } from './readRoutes.ts';
import { toErrorBody } from './toErrorBody.ts';
import { toHoldfastError } from './toHoldfastError.ts';
import { type HttpInput, toRequest } from './toRequest.ts';

// The REST facade: HTTP in, one gRPC call, HTTP out. It holds no state and decides nothing; what it refuses by itself is
// malformed HTTP and what a browser's page of another origin could send, since there are no accounts yet.

export interface GatewayOptions {
  readonly descriptors: FileDescriptorSet;
  readonly backend: Backend;
  readonly logger: Logger;
  /** The header that names the unit of a call. Default x-unit-id. */
  readonly stickyHeader?: string;
  /** Of a body, and of the protobuf message that it becomes: what the servers take. Default 32 MiB. */
  readonly bodyLimitBytes?: number;
  /** How long close() lets unary calls under way go on. Default 8 s, less than a process may take to end. */
  readonly drainMs?: number;
}

const DEFAULT_LIMIT_BYTES = 32 * 1024 * 1024;
const RECEIVE_MS = 120_000;

export function buildGateway(options: GatewayOptions): FastifyInstance {
  const { descriptors, backend, logger, bodyLimitBytes = DEFAULT_LIMIT_BYTES } = options;
  const forwarded = [options.stickyHeader ?? 'x-unit-id', 'x-holdfast-arm'];
  const { registry, routes } = readRoutes(descriptors);
  const fail = (cause: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const { error, status = errorCodes[error.code].http } = toHoldfastError(cause, bodyLimitBytes);
    if (error.code === 'internal')
      logger.error({ err: cause, url: request.url }, 'A request failed unexpectedly.');
    return reply.status(status).type('application/json; charset=utf-8').send(toErrorBody(error));
  };
  const app = Fastify({
    bodyLimit: bodyLimitBytes,
    requestTimeout: RECEIVE_MS,
    exposeHeadRoutes: false,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 500 },
    frameworkErrors: (error, request, reply) => void fail(error, request, reply),
  });
  const stopping = createStop(app, options.drainMs ?? 8000);

  app.removeAllContentTypeParsers();
  app.addContentTypeParser<Buffer>(
    'application/json',
    { parseAs: 'buffer' },
    async (_request: FastifyRequest, body: Buffer) => decodeText(body),
  );
  app.addHook('onRequest', async ({ headers }, reply) => {
    reply.headers({ 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' });
    assertLocalCaller(headers);
  });
  app.setErrorHandler(fail);
  app.setNotFoundHandler(({ method, url }) => {
    throw noSuchRoute(method, url);
  });
  app.get('/health', async (_request, reply) => {
    try {
      await backend.assertServing();
      return await reply.send({ status: 'SERVING' });
    } catch (error) {
      if (!(error instanceof HoldfastError)) throw error;
      return reply.status(503).send({ status: 'NOT_SERVING', ...toErrorBody(error) });
    }
  });
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
  return app;
}

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

function decodeText(body: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch (cause) {
    throw new HoldfastError('invalidArgument', 'The body is not UTF-8 text; send JSON in UTF-8.', { cause });
  }
}

const noSuchRoute = (method: string, url: string): HoldfastError =>
  new HoldfastError(
    'notFound',
    `There is no ${method} ${url.split('?')[0]}. The routes are those of the google.api.http annotations in proto/holdfast/v1.`,
  );

const tooLarge = (bytes: number, limitBytes: number): Error =>
  Object.assign(new Error(`${bytes} bytes as a message; expected at most ${limitBytes}`), {
    statusCode: 413,
  });

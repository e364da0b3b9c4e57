import { Readable } from 'node:stream';
import { type Message, type Registry, toJson } from '@bufbuild/protobuf';
import type { FileDescriptorSet } from '@bufbuild/protobuf/wkt';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Logger } from '../observability/createLogger.ts';
import { errorCodes, HoldfastError } from '../platform/HoldfastError.ts';
import type { Backend } from './createBackend.ts';
import { isLocalHost } from './isLocalHost.ts';
import { readRoutes, type Route } from './readRoutes.ts';
import { toErrorBody } from './toErrorBody.ts';
import { toRequest } from './toRequest.ts';

// The REST facade: HTTP in, one gRPC call, HTTP out. It holds no state and decides nothing; what it refuses by itself is
// malformed HTTP and what a browser's page of another origin could send, since there are no accounts yet.

export interface GatewayOptions {
  readonly descriptors: FileDescriptorSet;
  readonly backend: Backend;
  readonly logger: Logger;
}

const bodyLimitBytes = 32 * 1024 * 1024;

export function buildGateway({ descriptors, backend, logger }: GatewayOptions): FastifyInstance {
  const { registry, routes } = readRoutes(descriptors);
  const app = Fastify({
    bodyLimit: bodyLimitBytes,
    routerOptions: { maxParamLength: 500 },
    forceCloseConnections: 'idle',
  });
  app.removeContentTypeParser('text/plain');
  app.addHook('onRequest', async request => {
    if (!isLocalHost(request.headers.host))
      throw new HoldfastError(
        'permissionDenied',
        `The host ${JSON.stringify(request.headers.host ?? '')} is not this machine's loopback. Until there are accounts, the gateway answers local callers only.`,
      );
  });
  app.setErrorHandler((error, request, reply) => sendError(error, request, reply, logger));
  app.setNotFoundHandler((request, reply) =>
    sendError(
      new HoldfastError(
        'notFound',
        `There is no ${request.method} ${request.url.split('?')[0]}. The routes are those of the google.api.http annotations in proto/holdfast/v1.`,
      ),
      request,
      reply,
      logger,
    ),
  );
  app.get('/health', async () => ({ status: 'SERVING' }));
  for (const route of routes)
    app.route({
      method: route.verb,
      url: toFastifyPath(route.template),
      handler: (request, reply) => answer(route, request, reply, backend, registry),
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

async function answer(
  route: Route,
  request: FastifyRequest,
  reply: FastifyReply,
  backend: Backend,
  registry: Registry,
): Promise<FastifyReply> {
  const parameters = request.params as Record<string, string>;
  const query = request.query as Record<string, string | string[]>;
  const message = toRequest(route, { parameters, query, body: request.body }, registry);
  const gone = new AbortController();
  reply.raw.on('close', () => gone.abort());
  const encode = (response: Message) =>
    toJson(route.method.output, response, { registry, alwaysEmitImplicit: true });
  if (route.method.methodKind === 'unary')
    return reply.send(encode(await backend.unary(route.method, message, gone.signal)));
  const lines = async function* () {
    for await (const response of backend.stream(route.method, message, gone.signal))
      yield `${JSON.stringify(encode(response))}\n`;
  };
  return reply.type('application/x-ndjson').send(await beginning(lines()));
}

/** The first line is awaited before the status goes out, so that a refused call answers with its error and not with 200. */
async function beginning(lines: AsyncGenerator<string>): Promise<Readable> {
  const first = await lines.next();
  const all = async function* () {
    if (!first.done) yield first.value;
    yield* lines;
  };
  return Readable.from(all());
}

function sendError(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  logger: Logger,
): FastifyReply {
  const known = toHoldfastError(error);
  if (known.code === 'internal')
    logger.error({ err: error, url: request.url }, 'A request failed unexpectedly.');
  return reply.status(statusOf(error) ?? errorCodes[known.code].http).send(toErrorBody(known));
}

const statusOf = (error: unknown): number | undefined =>
  error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number'
    ? error.statusCode
    : undefined;

function toHoldfastError(error: unknown): HoldfastError {
  if (error instanceof HoldfastError) return error;
  const status = statusOf(error);
  if (status === 413)
    return new HoldfastError(
      'resourceExhausted',
      `The body is larger than ${bodyLimitBytes} bytes; send fewer instances a call.`,
      { cause: error },
    );
  if (status === 415)
    return new HoldfastError(
      'invalidArgument',
      'Send the request as JSON, with the header content-type: application/json.',
      { cause: error },
    );
  if (status !== undefined && status < 500 && error instanceof Error)
    return new HoldfastError('invalidArgument', `The request cannot be read: ${error.message}`, {
      cause: error,
    });
  return new HoldfastError('internal', 'The gateway failed unexpectedly; its log holds the cause.', {
    cause: error,
  });
}

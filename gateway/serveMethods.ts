import type { FastifyInstance, FastifyReply } from 'fastify';
import { type AccessRule, readAccess } from '../platform/access/readAccess.ts';
import { HoldfastError } from '../platform/HoldfastError.ts';
import { bodyLimitOf } from './bodyLimitOf.ts';
import { callMethod } from './callMethod.ts';
import type { Codec, HttpInput } from './Codec.ts';
import { codecOf, codecs } from './codecs.ts';
import { forwardHeaders } from './forwardHeaders.ts';
import type { GatewayContext, GatewayPart } from './GatewayContext.ts';
import { noSuchRoute } from './noSuchRoute.ts';
import { readBodies } from './readBodies.ts';
import { readTimeout } from './readTimeout.ts';
import type { Route } from './readRoutes.ts';
import { formOf, streamAnswers } from './streamAnswers.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The path as the annotation has it: what metrics and logs call the route. */
    readonly template?: string;
    /** As `/holdfast.v1.PredictionService/Predict`. */
    readonly methodPath?: string;
    /** Who may call it; null: nobody. */
    readonly access?: AccessRule | null;
  }
}

/** A route for each binding of each method; a codec's routes together, for what their bodies may be differs. */
export const serveMethods: GatewayPart = (app, context) => {
  const underway = createStop(app, context.drainMs);
  for (const codec of codecs) {
    const routes = context.routes.filter(({ method }) => codecOf(method) === codec);
    app.register(async scope => {
      readBodies(scope, codec.contentType);
      serveRoutes(scope, routes, { ...context, codec, underway });
    });
  }
};

interface ServingContext extends GatewayContext {
  readonly codec: Codec;
  readonly underway: (route: Route) => Underway;
}

function serveRoutes(app: FastifyInstance, routes: readonly Route[], context: ServingContext): void {
  const { backend, registry, bodyLimitBytes, codec, underway } = context;
  const rules = readAccess(context.descriptors);
  const named = [context.stickyHeader];
  for (const route of routes) {
    const isUnary = route.method.methodKind === 'unary';
    const calls = underway(route);
    const methodPath = `/${route.method.parent.typeName}/${route.method.name}`;
    app.route<{ Params: HttpInput['parameters']; Querystring: HttpInput['query']; Body?: Buffer }>({
      method: route.verb,
      url: toFastifyPath(route.template),
      bodyLimit: bodyLimitOf(route.method.input, bodyLimitBytes),
      // HEAD would begin a stream.
      exposeHeadRoute: isUnary,
      config: { template: route.template, methodPath, access: rules.get(methodPath) ?? null },
      handler: async (request, reply) => {
        const { params: parameters, query, body = noBody } = request;
        if (route.variables.some(({ name }) => parameters[name] === ''))
          throw noSuchRoute(request.method, request.url);
        const input = { parameters, query, body, headers: request.headers };
        const timeoutMs = readTimeout(request.headers);
        const call = codec.read(route, input, registry);
        if (call.message.length > bodyLimitBytes) throw tooLarge(call.message.length, bodyLimitBytes);
        const signal = calls.begin(reply);
        const headers = forwardHeaders(request.headers, request.id, named);
        const answer = await callMethod(route, call, backend, { headers, signal, timeoutMs });
        if (answer.kind === 'stream') {
          const form = formOf(request.headers.accept);
          const toErrorText = (error: HoldfastError): string => JSON.stringify(codec.errorBody(error));
          return reply
            .header('x-accel-buffering', 'no')
            .type(form.contentType)
            .send(streamAnswers(answer.messages, form, { aliveMs: context.aliveMs, toErrorText }));
        }
        if (answer.headers !== undefined) reply.headers(answer.headers);
        if (answer.kind === 'json') return reply.status(answer.status).type(JSON_TYPE).send(answer.text);
        return reply.type(answer.contentType).send(answer.data);
      },
    });
  }
}

const JSON_TYPE = 'application/json; charset=utf-8';
const noBody = Buffer.alloc(0);

/** Fastify reads `:verb` as a parameter, so the colon is doubled and the variable before it bounded. */
const toFastifyPath = (template: string): string =>
  template
    .replace(/:(?=[^/]*$)/, '::')
    .replace(/\{([^}]*)\}(::)?/g, (_all, name: string, verb?: string) =>
      verb ? `:${name}([^/:]+)::` : `:${name}`,
    );

/** What is under way, so that it ends with its caller or with the gateway. */
interface Underway {
  /** @returns the signal that aborts the call; at once where the gateway stops already */
  begin(reply: FastifyReply): AbortSignal;
  abort(reason: HoldfastError): void;
}

function createUnderway(): Underway {
  const active = new Set<AbortController>();
  let stopped: HoldfastError | null = null;
  return {
    begin: ({ raw }) => {
      const call = new AbortController();
      if (stopped !== null) call.abort(stopped);
      active.add(call);
      raw.once('close', () => {
        active.delete(call);
        if (!raw.writableFinished) call.abort(new HoldfastError('unavailable', 'The caller went away.'));
      });
      return call.signal;
    },
    abort: reason => {
      stopped = reason;
      for (const call of active) call.abort(reason);
    },
  };
}

/** When the gateway closes, streams end at once, for they may last for hours, the rest after a while. */
function createStop(app: FastifyInstance, drainMs: number): (route: Route) => Underway {
  const streams = createUnderway();
  const calls = createUnderway();
  let timer: NodeJS.Timeout | undefined;
  app.addHook('preClose', async () => {
    const reason = new HoldfastError('unavailable', 'The gateway is stopping. Ask again shortly.');
    streams.abort(reason);
    timer = setTimeout(() => calls.abort(reason), drainMs);
  });
  app.addHook('onClose', async () => clearTimeout(timer));
  return ({ method }) => (method.methodKind === 'unary' ? calls : streams);
}

const tooLarge = (bytes: number, limitBytes: number): Error =>
  Object.assign(new Error(`${bytes} bytes as a message; expected at most ${limitBytes}`), {
    statusCode: 413,
  });

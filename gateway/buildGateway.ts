import Fastify, { type FastifyInstance } from 'fastify';
import { allowOrigins } from './allowOrigins.ts';
import { answerErrors, createFail } from './answerErrors.ts';
import { answerMisses } from './answerMisses.ts';
import { boundStrangers } from './boundStrangers.ts';
import type { GatewayContext, GatewayOptions, GatewayPart } from './GatewayContext.ts';
import { serveApiDocument } from './openapi/serveApiDocument.ts';
import { serveDocs } from './openapi/serveDocs.ts';
import { identifyRequests, requestIdOf } from './identifyRequests.ts';
import { observeRequests } from './observeRequests.ts';
import { keepSessions } from './keepSessions.ts';
import { packAnswers } from './packAnswers.ts';
import { readRoutes } from './readRoutes.ts';
import { secureHeaders } from './secureHeaders.ts';
import { serveHealth } from './serveHealth.ts';
import { serveMethods } from './serveMethods.ts';
import { traceRequests } from './traceRequests.ts';
import { servePageOfMetrics } from './servePageOfMetrics.ts';
import { unpackBodies } from './unpackBodies.ts';

// The REST facade: HTTP in, one gRPC call, HTTP out. It holds no state and decides nothing; what it refuses by itself is
// malformed HTTP.

/** In the order of their hooks. */
const parts: readonly GatewayPart[] = [
  traceRequests,
  answerErrors,
  identifyRequests,
  secureHeaders,
  observeRequests,
  allowOrigins,
  answerMisses,
  keepSessions,
  boundStrangers,
  unpackBodies,
  packAnswers,
  serveApiDocument,
  serveDocs,
  serveHealth,
  servePageOfMetrics,
  serveMethods,
];

const DEFAULT_LIMIT_BYTES = 32 * 1024 * 1024;
const DEFAULT_DRAIN_MS = 8000;
const DEFAULT_ALIVE_MS = 15_000;
const STRANGERS = { networkBytes: DEFAULT_LIMIT_BYTES, totalBytes: 4 * DEFAULT_LIMIT_BYTES };
const RECEIVE_MS = 120_000;

export function buildGateway(options: GatewayOptions): FastifyInstance {
  const context: GatewayContext = {
    stickyHeader: 'x-unit-id',
    bodyLimitBytes: DEFAULT_LIMIT_BYTES,
    drainMs: DEFAULT_DRAIN_MS,
    traced: false,
    aliveMs: DEFAULT_ALIVE_MS,
    corsOrigins: [],
    trustedProxies: [],
    isPublicHttps: false,
    strangers: STRANGERS,
    accessLogShare: 0,
    metrics: undefined,
    ...options,
    ...readRoutes(options.descriptors),
  };
  const fail = createFail(context);
  const app = Fastify({
    bodyLimit: context.bodyLimitBytes,
    requestTimeout: RECEIVE_MS,
    trustProxy: [...context.trustedProxies],
    exposeHeadRoutes: true,
    genReqId: requestIdOf,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 500 },
    frameworkErrors: (error, request, reply) => void fail(error, request, reply),
  });
  for (const register of parts) register(app, context);
  return app;
}

import cors from '@fastify/cors';
import type { GatewayPart } from './GatewayContext.ts';
import { CSRF_HEADER } from './sessionCookie.ts';

const EXPOSED = ['etag', 'retry-after', 'x-request-id', CSRF_HEADER];
const PREFLIGHT_S = 600;

/** Lets pages of other origins call, where the configuration names them; else a browser keeps them away. */
export const allowOrigins: GatewayPart = (app, { corsOrigins }) => {
  if (corsOrigins.length === 0) return;
  app.register(cors, {
    origin: [...corsOrigins],
    credentials: true,
    exposedHeaders: EXPOSED,
    maxAge: PREFLIGHT_S,
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
  });
};

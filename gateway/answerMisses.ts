import type { FastifyReply, FastifyRequest } from 'fastify';
import { collectVerbs, isCustomVerb } from './collectVerbs.ts';
import type { GatewayPart } from './GatewayContext.ts';
import { noSuchRoute, notAllowed } from './noSuchRoute.ts';

/**
 * Where no route is, before any body is read: 404, or 405 with what the path does know, which OPTIONS asks for. A route that
 * takes `churn:predict` for a name is none.
 */
export const answerMisses: GatewayPart = app => {
  const verbs = collectVerbs(app);
  const miss = ({ method, url }: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const allowed = verbs.at(url);
    if (allowed.length === 0) throw noSuchRoute(method, url);
    reply.header('allow', allowed.join(', '));
    if (method === 'OPTIONS') return reply.status(204).send();
    throw notAllowed(method, url, allowed);
  };
  app.addHook('onRequest', (request, reply, done) => {
    const { url: template = '' } = request.routeOptions;
    if (request.is404 || (!isCustomVerb(template) && verbs.isCustom(request.url))) miss(request, reply);
    else done();
  });
  app.setNotFoundHandler(miss);
};

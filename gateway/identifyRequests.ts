import type { IncomingMessage } from 'node:http';
import { uuidv7 } from '../platform/uuidv7.ts';
import type { GatewayPart } from './GatewayContext.ts';

/** What the access log of the servers behind takes as an id too. */
const SANE = /^[\w.:-]{1,64}$/;

/** The id that the caller or a proxy gave the request, where it looks like one; else one of ours. */
export const requestIdOf = ({ headers }: Pick<IncomingMessage, 'headers'>): string => {
  const given = headers['x-request-id'];
  return typeof given === 'string' && SANE.test(given) ? given : uuidv7();
};

/** The id goes back to the caller, whatever becomes of the request. */
export const identifyRequests: GatewayPart = app => {
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id);
    done();
  });
};

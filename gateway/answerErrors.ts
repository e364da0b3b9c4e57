import type { FastifyReply, FastifyRequest } from 'fastify';
import { errorCodes } from '../platform/HoldfastError.ts';
import type { GatewayContext, GatewayPart } from './GatewayContext.ts';
import { codecAt } from './codecs.ts';
import { toHoldfastError } from './toHoldfastError.ts';

/** Every failure leaves in one form, whatever part of the gateway it comes from: google.rpc.Status, or what the path's codec says. */
export const answerErrors: GatewayPart = (app, context) => {
  app.setErrorHandler(createFail(context));
};

export const createFail =
  ({ logger, bodyLimitBytes }: Pick<GatewayContext, 'logger' | 'bodyLimitBytes'>) =>
  (cause: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const { error, status = errorCodes[error.code].http } = toHoldfastError(
      cause,
      request.routeOptions?.bodyLimit ?? bodyLimitBytes,
    );
    if (error.code === 'internal')
      logger.error({ err: cause, url: request.url, requestId: request.id }, 'A request failed unexpectedly.');
    const { retryable } = errorCodes[error.code];
    if (retryable || error.retryAfterMs !== undefined)
      reply.header('retry-after', Math.max(1, Math.ceil((error.retryAfterMs ?? 0) / 1000)));
    return reply
      .status(status)
      .type('application/json; charset=utf-8')
      .send(codecAt(request.url).errorBody(error));
  };

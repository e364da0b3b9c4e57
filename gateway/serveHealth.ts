import { HoldfastError } from '../platform/HoldfastError.ts';
import type { GatewayPart } from './GatewayContext.ts';
import { toErrorBody } from './toErrorBody.ts';

/** Whether predictions are answered, for whoever balances load. */
export const serveHealth: GatewayPart = (app, { backend }) => {
  app.get('/health', { config: { openapi: OPERATION } }, async (_request, reply) => {
    try {
      await backend.assertServing();
      return await reply.send({ status: 'SERVING' });
    } catch (error) {
      if (!(error instanceof HoldfastError)) throw error;
      return reply.status(503).send({ status: 'NOT_SERVING', ...toErrorBody(error) });
    }
  });
};

const OPERATION = {
  operationId: 'Health',
  tags: ['System'],
  summary: 'Whether predictions are answered',
  security: [],
  responses: Object.fromEntries(
    ['SERVING', 'NOT_SERVING'].map((status, at) => [
      at === 0 ? 200 : 503,
      {
        description: status,
        content: {
          'application/json': {
            schema: {
              type: 'object',
              required: ['status'],
              properties: { status: { const: status }, error: { type: 'object' } },
            },
          },
        },
      },
    ]),
  ),
};

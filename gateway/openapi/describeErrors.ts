import { errorCodes, everyErrorCode } from '../../platform/HoldfastError.ts';
import { reasonOf } from '../../platform/grpc/toStatus.ts';
import type { Schema } from './Schema.ts';

// Failures in the document, out of the one table of codes (platform/HoldfastError.ts).

const JSON_TYPE = 'application/json';

export const ERROR_SCHEMA: Schema = {
  description:
    'A google.rpc.Status: what is wrong, where, what was expected and what to do next, and the same for programs in `details`.',
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['code', 'status', 'message', 'details'],
      properties: {
        code: { type: 'integer', description: 'The code of gRPC (google.rpc.Code).' },
        status: { type: 'string', description: 'Its name, as `INVALID_ARGUMENT`.' },
        message: { type: 'string' },
        details: {
          type: 'array',
          description:
            'google.rpc.ErrorInfo always; google.rpc.BadRequest with every fault in what was sent; google.rpc.RetryInfo where it helps to wait.',
          items: {
            type: 'object',
            required: ['@type'],
            properties: {
              '@type': { type: 'string' },
              reason: { type: 'string', description: 'Of ErrorInfo: a word that programs may compare.' },
              domain: { type: 'string' },
              metadata: { type: 'object', additionalProperties: { type: 'string' } },
              fieldViolations: {
                type: 'array',
                items: {
                  type: 'object',
                  required: ['field', 'description'],
                  properties: {
                    field: { type: 'string', description: 'Where, as `instances[3].tenure`.' },
                    description: { type: 'string' },
                  },
                },
              },
              retryDelay: { type: 'string', description: 'Of RetryInfo, as `1.500s`.' },
            },
          },
        },
      },
    },
  },
};

const response = (description: string) => ({
  description,
  content: { [JSON_TYPE]: { schema: { $ref: '#/components/schemas/Error' } } },
});

/** By HTTP status, from the table; `default` stands for what any HTTP server may answer. */
export function errorResponses() {
  const byStatus = new Map<number, string[]>();
  for (const code of everyErrorCode) {
    const { http } = errorCodes[code];
    byStatus.set(http, [...(byStatus.get(http) ?? []), reasonOf(code)]);
  }
  return {
    ...Object.fromEntries(
      [...byStatus].map(([status, codes]) => [
        `Error${status}`,
        response(codes.map(code => `\`${code}\``).join(' or ')),
      ]),
    ),
    Error: response('Any other failure.'),
  };
}

/** The statuses that a call may fail with, for the callers to plan for. */
export function failuresOf({ isPublic, isRead }: { isPublic: boolean; isRead: boolean }) {
  const statuses = [
    400,
    ...(isPublic ? [] : [401, 403]),
    404,
    ...(isRead ? [] : [409, 413]),
    429,
    500,
    503,
    504,
  ];
  return {
    ...Object.fromEntries(
      statuses.map(status => [String(status), { $ref: `#/components/responses/Error${status}` }]),
    ),
    default: { $ref: '#/components/responses/Error' },
  };
}

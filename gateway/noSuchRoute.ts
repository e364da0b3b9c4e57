import { HoldfastError } from '../platform/HoldfastError.ts';

export const noSuchRoute = (method: string, url: string): HoldfastError =>
  new HoldfastError(
    'notFound',
    `There is no ${method} ${url.split('?')[0]}. GET /docs shows every path, and /openapi.json describes them to programs.`,
  );
/** The path is there, for other verbs. */
export const notAllowed = (method: string, url: string, allowed: readonly string[]): Error =>
  Object.assign(
    new HoldfastError(
      'unimplemented',
      `${url.split('?')[0]} does not know ${method}; use ${allowed.filter(verb => verb !== 'OPTIONS').join(' or ')}.`,
    ),
    { statusCode: 405 },
  );

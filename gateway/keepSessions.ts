import { isIP } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { KEY_HEADER, TOKEN_HEADER } from '../platform/access/readSecret.ts';
import { HoldfastError } from '../platform/HoldfastError.ts';
import type { GatewayPart } from './GatewayContext.ts';
import { assertOwnPage, CSRF_HEADER, csrfTokenOf, readCookie, writeCookie } from './sessionCookie.ts';

// What the gateway has to do with who calls: a browser's cookie becomes the token that the servers know, and back. It decides
// nothing about a token; a request with none, where one is needed, is refused before its body is read.

const ACCOUNTS = '/holdfast.v1.AccountService';

const sessionAnswer = z.looseObject({
  token: z.string(),
  caller: z.looseObject({ expireTime: z.string() }),
});

/** Never refused for lack of a proof that a page of ours sent them. */
const harmless = new Set(['GET', 'HEAD', 'OPTIONS']);

export const keepSessions: GatewayPart = (app, { isPublicHttps }) => {
  /** Whether the browser spoke https: to us, to a proxy that is trusted and says so, or as the configuration has it. */
  const isSecure = ({ protocol }: FastifyRequest): boolean => isPublicHttps || protocol === 'https';

  app.addHook('onRequest', (request, _reply, done) => {
    const { headers } = request;
    // The address that this gateway saw, or a proxy that it trusts, whatever the caller says of it.
    headers['x-forwarded-for'] = isIP(request.ip) === 0 ? request.socket.remoteAddress : request.ip;
    const presents = Boolean(headers[KEY_HEADER]) || Boolean(headers[TOKEN_HEADER]);
    const cookie = presents ? null : readCookie(headers, isSecure(request));
    const { access } = request.routeOptions.config;
    if (cookie !== null) {
      if (!harmless.has(request.method) && access?.$case !== 'public') assertOwnPage(headers, cookie);
      headers[TOKEN_HEADER] = `Bearer ${cookie}`;
    } else if (!presents && access !== undefined && access?.$case !== 'public') throw nobody();
    done();
  });

  app.addHook('onSend', async (request, reply, payload) => {
    if (reply.statusCode >= 300) return payload;
    const called = request.routeOptions.config.methodPath;
    const secure = isSecure(request);
    if (called === `${ACCOUNTS}/Login` && typeof payload === 'string')
      return beginSession(secure, reply, payload);
    const cookie = readCookie(request.headers, secure);
    if (called === `${ACCOUNTS}/Me` && cookie !== null) reply.header(CSRF_HEADER, csrfTokenOf(cookie));
    if (called === `${ACCOUNTS}/Logout` && cookie !== null)
      reply.header('set-cookie', writeCookie(secure, '', 0));
    return payload;
  });
};

/** The token goes into the cookie, where no script of a page finds it. */
function beginSession(secure: boolean, reply: FastifyReply, payload: string): string {
  const { token, ...rest } = sessionAnswer.parse(JSON.parse(payload));
  const seconds = Math.max(0, Math.floor((Date.parse(rest.caller.expireTime) - Date.now()) / 1000));
  reply.header('set-cookie', writeCookie(secure, token, seconds));
  reply.header(CSRF_HEADER, csrfTokenOf(token));
  reply.removeHeader('content-length');
  return JSON.stringify({ token: '', ...rest });
}

const nobody = (): HoldfastError =>
  new HoldfastError(
    'unauthenticated',
    `Nobody said who calls. Present an API key as ${KEY_HEADER}, or a session's token as ${TOKEN_HEADER}: Bearer; browsers log in by POST /v1/session. \`./holdfast key\` prints this machine's key.`,
  );

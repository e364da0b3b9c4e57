import { timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { HoldfastError } from '../platform/HoldfastError.ts';
import { sha256 } from '../platform/sha256.ts';

// A browser's session: the token is in a cookie that no script reads and no other site's page sends along, and what changes
// something must also bear a token made of it, which a page of another origin can neither read nor make.

export const CSRF_HEADER = 'x-csrf-token';

/** Over https the name itself keeps subdomains and plain http from setting it. */
const nameOf = (secure: boolean): string => (secure ? '__Host-holdfast' : 'holdfast');

export function readCookie(headers: IncomingHttpHeaders, secure: boolean): string | null {
  const name = nameOf(secure);
  for (const pair of (headers.cookie ?? '').split(';')) {
    const at = pair.indexOf('=');
    if (pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim() || null;
  }
  return null;
}

/** @param seconds how long it lasts; 0 removes it */
export const writeCookie = (secure: boolean, token: string, seconds: number): string =>
  `${nameOf(secure)}=${token}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`;

export const csrfTokenOf = (token: string): string => sha256(`csrf ${token}`);

/** @throws HoldfastError permissionDenied where the request does not bear the token that belongs to its cookie */
export function assertOwnPage(headers: IncomingHttpHeaders, token: string): void {
  const given = headers[CSRF_HEADER];
  const expected = Buffer.from(csrfTokenOf(token));
  if (
    typeof given === 'string' &&
    given.length === expected.length &&
    timingSafeEqual(Buffer.from(given), expected)
  )
    return;
  throw new HoldfastError(
    'permissionDenied',
    `A request that changes something in a session of a browser needs the header ${CSRF_HEADER}, as GET /v1/session answers it.`,
  );
}

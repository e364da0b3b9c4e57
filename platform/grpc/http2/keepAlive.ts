import type { Http2Session } from 'node:http2';

/**
 * Asks, again and again, whether the other side is there, and hangs up where it does not answer, or has ended the session and keeps the
 * connection. Keeps no process alive.
 */
export function keepAlive(
  session: Http2Session,
  hangUp: () => void,
  { everyMs, answerWithinMs }: { readonly everyMs: number; readonly answerWithinMs: number },
): void {
  const asking = setInterval(() => {
    if (session.destroyed) return hangUp();
    const late = setTimeout(hangUp, answerWithinMs).unref();
    session.ping(() => clearTimeout(late));
  }, everyMs).unref();
  session.once('close', () => clearInterval(asking));
}

import type { Http2Session } from 'node:http2';

/** Asks, again and again, whether the other side is there, and ends the connection where it does not answer. Keeps no process alive. */
export function keepAlive(session: Http2Session, everyMs: number, answerWithinMs: number): void {
  const asking = setInterval(() => {
    const late = setTimeout(() => session.destroy(), answerWithinMs).unref();
    session.ping(() => clearTimeout(late));
  }, everyMs).unref();
  session.once('close', () => clearInterval(asking));
}

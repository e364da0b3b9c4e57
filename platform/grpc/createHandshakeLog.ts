/** However many are refused: whoever asks again and again must not fill the log. */
const EVERY_MS = 5000;

/** Says who was refused by TLS, or refused us, and why; those in between are counted in the next line. */
export function createHandshakeLog(
  logger: { warn(fields: object, message: string): void },
  now: () => number = () => performance.now(),
): (error: Error, peer: string) => void {
  let nextMs = Number.NEGATIVE_INFINITY;
  let untold = 0;
  return (error, peer) => {
    // Who hangs up without a word, as a probe of the port, was not refused.
    if ('code' in error && error.code === 'ECONNRESET') return;
    if (now() < nextMs) {
      untold++;
      return;
    }
    nextMs = now() + EVERY_MS;
    logger.warn({ peer, reason: reasonOf(error), untold }, 'A TLS handshake failed.');
    untold = 0;
  };
}

/** OpenSSL's own words, without its places in the source. */
const reasonOf = (error: Error): string =>
  'reason' in error && typeof error.reason === 'string' ? error.reason : error.message;

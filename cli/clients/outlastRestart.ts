import { setTimeout as sleep } from 'node:timers/promises';
import { HoldfastError } from '../../platform/HoldfastError.ts';

/** How long a server may be away (a restart, say) before one gives up. */
export const PATIENCE_MS = 60_000;
export const RETRY_MS = 1_000;

/** A server that lets a deadline pass may have gone in the middle of the call. */
export const isAway = (error: unknown): boolean =>
  error instanceof HoldfastError && ['unavailable', 'deadlineExceeded'].includes(error.code);

/**
 * Asks what may be asked again, until a server that was there before has come back.
 * @param ask is handed how long the answer may take
 * @param patience.answerMs how long the whole may take
 * @throws HoldfastError as the server meant it; the signal's reason on Ctrl-C
 */
export async function outlastRestart<Answer>(
  ask: (deadlineMs: number) => Promise<Answer>,
  { signal, answerMs }: { readonly signal: AbortSignal; readonly answerMs: number },
): Promise<Answer> {
  const end = Date.now() + answerMs;
  let awaySince: number | null = null;
  for (;;) {
    const asked = Date.now();
    try {
      return await ask(end - asked);
    } catch (error) {
      const now = Date.now();
      // An answer that took its time was there before it was away.
      awaySince = awaySince === null || now - asked > RETRY_MS ? now : awaySince;
      const isLate = now - awaySince > PATIENCE_MS || end - now < PATIENCE_MS / 2;
      if (!isAway(error) || isLate) throw error;
    }
    await sleep(RETRY_MS, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}

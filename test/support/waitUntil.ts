import { setTimeout as sleep } from 'node:timers/promises';

/** Waits for what a test expects to come true by itself; the description tells what did not. */
export async function waitUntil(
  what: string,
  holds: () => boolean | Promise<boolean>,
  withinMs = 30_000,
): Promise<void> {
  const until = Date.now() + withinMs;
  while (!(await holds())) {
    if (Date.now() > until) throw new Error(`${what} did not come true within ${withinMs} ms`);
    await sleep(10);
  }
}

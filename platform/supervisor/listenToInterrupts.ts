/** How a person, npm or a service manager stops `npm start`. */
export interface Interrupts {
  /** Aborted by the first Ctrl-C, SIGTERM, SIGHUP, or the end of the process that started this one. */
  readonly signal: AbortSignal;
  /** Called by a second Ctrl-C: do not wait any longer. */
  readonly onSecond: (hurry: () => void) => void;
}

/**
 * One Ctrl-C arrives more than once: from the terminal, and again from npm and from the bootstrap, which pass it on. Only what
 * comes after this time is a second one.
 */
const ECHO_MS = 1000;

/** Takes over the signals of this process. */
export function listenToInterrupts(): Interrupts {
  const first = new AbortController();
  let firstAt = 0;
  let hurry: (() => void) | undefined;
  const interrupt = (): void => {
    if (!first.signal.aborted) {
      firstAt = Date.now();
      first.abort();
    } else if (Date.now() - firstAt > ECHO_MS) hurry?.();
  };
  for (const event of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(event, interrupt);
  // The bootstrap holds the other end of an IPC channel: killed, it cannot pass anything on any more.
  process.on('disconnect', () => {
    if (!first.signal.aborted) interrupt();
  });
  return {
    signal: first.signal,
    onSecond: callback => {
      hurry = callback;
    },
  };
}

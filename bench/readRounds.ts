import type { LoadSlice } from './serving/ServingJob.ts';

export interface RoundsOptions {
  readonly rounds: number;
  /** Of each slice. */
  readonly seconds: number;
}

/** @throws TypeError that says what was expected */
export function readRounds(
  values: { readonly rounds?: string | undefined; readonly seconds?: string | undefined },
  defaults: RoundsOptions,
): RoundsOptions {
  const rounds = Number(values.rounds ?? defaults.rounds);
  const seconds = Number(values.seconds ?? defaults.seconds);
  if (!Number.isInteger(rounds) || rounds < 1)
    throw new TypeError(`--rounds is ${values.rounds}; expected 1 or more`);
  if (!(seconds > 0)) throw new TypeError(`--seconds is ${values.seconds}; expected a number above 0`);
  return { rounds, seconds };
}

/** In the first round everything is cold; in those that follow only the connections are new. */
export const sliceOf = (round: number, { seconds }: RoundsOptions): LoadSlice => ({
  warmUpSeconds: round === 0 ? Math.min(4, seconds) : Math.min(0.5, seconds / 4),
  seconds,
});

import type { LoadSlice } from './serving/ServingJob.ts';

export interface RoundsOptions {
  readonly rounds: number;
  /** Of each slice. */
  readonly seconds: number;
  /** Of each side before its first slice: code that was not called thousands of times is slow. */
  readonly warmUpSeconds: number;
}

/** @throws TypeError that says what was expected */
export function readRounds(
  values: { readonly rounds?: string | undefined; readonly seconds?: string | undefined },
  quick: boolean,
): RoundsOptions {
  const rounds = Number(values.rounds ?? (quick ? 2 : 5));
  const seconds = Number(values.seconds ?? (quick ? 0.25 : 2));
  if (!Number.isInteger(rounds) || rounds < 1)
    throw new TypeError(`--rounds is ${values.rounds}; expected 1 or more`);
  if (!(seconds > 0)) throw new TypeError(`--seconds is ${values.seconds}; expected a number above 0`);
  return { rounds, seconds, warmUpSeconds: quick ? seconds : 10 };
}

/** In the first round everything is cold; in those that follow only the connections are new. */
export const sliceOf = (round: number, { seconds, warmUpSeconds }: RoundsOptions): LoadSlice => ({
  warmUpSeconds: round === 0 ? warmUpSeconds : Math.min(0.5, seconds / 4),
  seconds,
});

import type { Measured } from './Measured.ts';
import { type Spread, spreadOf } from './Spread.ts';
import { summarise } from './summarise.ts';

// What is compared is measured in turn, for a short slice each, round after round: a machine on which the same loop takes three
// times as long a minute later says something only of what ran in the same seconds. What is shown is the median of the rounds'
// own ratios, and never a ratio of medians.

export interface Side<Name extends string> {
  readonly side: Name;
  /** Loads it for one slice. @param round from 0: in the first one nothing is warm yet */
  measure(round: number): Promise<Measured>;
}

/** Against the first side in the same round. */
export interface Comparison {
  readonly rate: Spread;
  readonly cpu: Spread;
  readonly p50: Spread;
  readonly p99: Spread;
  readonly p50AddedMs: Spread;
  readonly p99AddedMs: Spread;
}

export interface SideOfRounds<Name extends string> {
  readonly side: Name;
  readonly measured: Measured;
  /** Null of the first side. */
  readonly toFirst: Comparison | null;
  readonly rounds: readonly Measured[];
}

/** @param report told of each side when its rounds are done, and of failed calls */
export async function measureInRounds<Name extends string>(
  sides: readonly Side<Name>[],
  rounds: number,
  report: (line: string) => void,
): Promise<SideOfRounds<Name>[]> {
  const slices = sides.map((): Measured[] => []);
  const places = [...sides.keys()];
  for (let round = 0; round < rounds; round++)
    // Every other round backwards: nobody always comes after the same one.
    for (const place of round % 2 === 0 ? places : places.toReversed())
      slices[place].push(await sides[place].measure(round));
  return sides.map(({ side }, place) => {
    const measured = summarise(slices[place]);
    report(
      `  ${side}: ${measured.callsPerSecond.toFixed(0)}/s, ${measured.serverMicroseconds.toFixed(0)} µs, p99 ${measured.p99Ms.toFixed(2)} ms`,
    );
    if (measured.failed > 0) report(`  ${measured.failed} calls failed: ${measured.firstFailure}`);
    return {
      side,
      measured,
      toFirst: place === 0 ? null : compare(slices[place], slices[0]),
      rounds: slices[place],
    };
  });
}

function compare(slices: readonly Measured[], first: readonly Measured[]): Comparison {
  const each = (of: (one: Measured, other: Measured) => number): Spread =>
    spreadOf(slices.map((slice, round) => of(slice, first[round])));
  return {
    rate: each((one, other) => one.callsPerSecond / other.callsPerSecond),
    cpu: each((one, other) => one.serverMicroseconds / other.serverMicroseconds),
    p50: each((one, other) => one.p50Ms / other.p50Ms),
    p99: each((one, other) => one.p99Ms / other.p99Ms),
    p50AddedMs: each((one, other) => one.p50Ms - other.p50Ms),
    p99AddedMs: each((one, other) => one.p99Ms - other.p99Ms),
  };
}

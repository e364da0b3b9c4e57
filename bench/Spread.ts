/** The median of the rounds, and between which values their middle half lies. */
export interface Spread {
  readonly median: number;
  readonly lower: number;
  readonly upper: number;
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((one, other) => one - other);
  const at = (share: number): number => {
    const place = share * (sorted.length - 1);
    const below = sorted[Math.floor(place)];
    return below + (sorted[Math.ceil(place)] - below) * (place % 1);
  };
  return { median: at(0.5), lower: at(0.25), upper: at(0.75) };
}

export const showSpread = ({ median, lower, upper }: Spread): string =>
  `${median.toFixed(2)} (${lower.toFixed(2)}–${upper.toFixed(2)})`;

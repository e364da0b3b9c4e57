// A histogram's counts as the hot path needs them: a few additions and nothing to look up. What is to be shown is made of them
// when somebody asks for the page.

/** Seconds. Fine where an answer ordinarily lies (a one-row call takes well under a millisecond), coarse above. */
export const LATENCY_BOUNDS_S: readonly number[] = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
];

export class Buckets {
  /** Upper bounds, ascending; the last bucket has none. */
  readonly bounds: readonly number[];
  readonly #counts: Float64Array;
  #sum = 0;

  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.#counts = new Float64Array(bounds.length + 1);
  }

  /** @param times how often the value was observed */
  observe(value: number, times = 1): void {
    let at = 0;
    while (at < this.bounds.length && value > this.bounds[at]) at++;
    this.#counts[at] += times;
    this.#sum += value * times;
  }

  get sum(): number {
    return this.#sum;
  }

  /** As Prometheus shows them: how many observations are at most each bound; the last is all of them. */
  cumulative(): number[] {
    let count = 0;
    return [...this.#counts].map(own => (count += own));
  }
}

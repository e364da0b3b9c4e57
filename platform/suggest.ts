/**
 * The candidate that was most likely meant: at most a third of its letters (and at least one) away by insertions,
 * deletions, replacements and swaps of neighbours, letter case aside (optimal string alignment).
 * @returns undefined where none is near.
 */
export function suggest(given: string, candidates: Iterable<string>): string | undefined {
  // Long names are cut: nobody mistypes a paragraph, and the distance takes time by the square.
  const meant = given.slice(0, LONGEST).toLowerCase();
  let best: string | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const name = candidate.slice(0, LONGEST).toLowerCase();
    const distance = alignmentDistance(meant, name);
    const near = distance <= Math.max(1, Math.floor(Math.max(meant.length, name.length) / 3));
    if (near && distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** ` Did you mean "churn"?`, or nothing: to be put behind a message. */
export function didYouMean(given: string, candidates: Iterable<string>): string {
  const meant = suggest(given, candidates);
  return meant === undefined ? '' : ` Did you mean ${JSON.stringify(meant)}?`;
}

const LONGEST = 100;

function alignmentDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = last[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      row[j] = Math.min(replaced, last[j] + 1, row[j - 1] + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length];
}

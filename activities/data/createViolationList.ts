import type { Violation, ViolationCount } from './Violation.ts';

const MAXIMUM_KEPT = 1000;

/** Counts all violations and keeps the first ones, so that a file that is wrong throughout does not fill the memory. */
export function createViolationList() {
  const first: Violation[] = [];
  const counts = new Map<string, { column: string; kind: Violation['kind']; count: number }>();
  return {
    first,
    add: (violations: readonly Violation[]): void => {
      for (const violation of violations) {
        const { column, kind } = violation;
        const key = `${kind} ${column}`;
        const entry = counts.get(key);
        if (entry === undefined) counts.set(key, { column, kind, count: 1 });
        else entry.count++;
        if (first.length < MAXIMUM_KEPT) first.push(violation);
      }
    },
    /** The most frequent first; among equals in order of appearance. */
    count: (): readonly ViolationCount[] => [...counts.values()].sort((a, b) => b.count - a.count),
  };
}

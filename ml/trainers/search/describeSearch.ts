import type { SearchRecord } from './SearchRecord.ts';

/** What a search ended with, as a sentence for people. */
export function describeSearch({ trials, chosen, endedBy, budgetSeconds }: SearchRecord): string {
  if (endedBy === 'budget')
    return `searched nothing: ${budgetSeconds} seconds for all trainers buy it no trial`;
  if (endedBy === 'clock') return 'its search was given up after ten times its budget; it kept its recipe';
  const others = trials.length - 1;
  if (chosen === 0)
    return `kept its recipe: none of ${others} ${others === 1 ? 'other' : 'others'} was better beyond chance`;
  const changes = Object.entries(trials[chosen].changes).map(
    ([name, value]) => `${name} ${JSON.stringify(value)}`,
  );
  return `found ${changes.join(', ')}: the best of ${others} ${others === 1 ? 'other' : 'others'}, beyond chance`;
}

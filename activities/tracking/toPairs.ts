import { shorten } from '../../platform/shorten.ts';

/** MLflow's own limits, of the versions before 3 where they were lower. */
const LONGEST_KEY = 250;
const LONGEST_VALUE = 5000;

/** Names and texts as MLflow lists them: signs that its names may not hold are replaced, what is too long is cut. */
export const toPairs = (texts: Readonly<Record<string, string>>): { key: string; value: string }[] =>
  Object.entries(texts).map(([key, value]) => ({
    key: toKey(key),
    value: shorten(value, LONGEST_VALUE - 1),
  }));

export const toKey = (name: string): string => name.replaceAll(/[^\w\-. :/]/g, '_').slice(0, LONGEST_KEY);

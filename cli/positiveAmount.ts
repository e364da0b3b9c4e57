import { InvalidArgumentError } from 'commander';

/** An option's text as an amount of money. */
export function positiveAmount(text: string): number {
  const number = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && number > 0 && Number.isFinite(number)) return number;
  throw new InvalidArgumentError('Expected an amount above 0, as 1500 or 99.50.');
}

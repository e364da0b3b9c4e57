import type { ExplainResponse } from '../../proto/gen/holdfast/v1/prediction.ts';
import { printTable } from './printTable.ts';

const BAR_WIDTH = 20;

const spaces: ReadonlyMap<string, string> = new Map([
  ['log_odds', 'log-odds'],
  ['uncalibrated_probability', 'probability before calibration'],
]);

/**
 * A table of columns a customer, the largest contribution first, with bars to the left (away from the positive label) and to
 * the right (towards it), and above it the sum that they make.
 */
export function printExplanations(
  stream: NodeJS.WriteStream,
  { model, modelVersion, method, space, baseValue, explanations }: ExplainResponse,
): void {
  const isSampled = method === 'sampled';
  for (const [index, { label, probability, score, contributions }] of explanations.entries()) {
    const sum = contributions.reduce((total, { contribution }) => total + contribution, 0);
    stream.write(
      `${index === 0 ? '' : '\n'}${explanations.length === 1 ? '' : `Customer ${index + 1}: `}${label}, probability ${probability.toFixed(4)} (${model} version ${modelVersion}, ${method})\n` +
        `${spaces.get(space) ?? space} ${score.toFixed(4)} = ${baseValue.toFixed(4)} of the typical customer ${signed(sum)} of the columns\n`,
    );
    const widest = Math.max(...contributions.map(({ contribution }) => Math.abs(contribution)));
    printTable(
      stream,
      [
        { title: 'COLUMN' },
        { title: 'VALUE' },
        { title: 'TYPICAL' },
        { title: 'CONTRIBUTION', align: 'right' },
        ...(isSampled ? [{ title: '± ERROR', align: 'right' as const }] : []),
        { title: 'TOWARDS' },
      ],
      contributions.map(({ column, value, typicalValue, contribution, standardError }) => [
        column,
        shown(value),
        shown(typicalValue),
        signed(contribution),
        ...(isSampled ? [standardError.toFixed(4)] : []),
        bar(widest === 0 ? 0 : contribution / widest),
      ]),
    );
  }
}

const shown = (value: unknown): string | null =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : null;

const signed = (value: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(4)}`;

/** @param share from −1 to 1 */
function bar(share: number): string {
  const half = BAR_WIDTH / 2;
  const length = Math.round(Math.abs(share) * half);
  return share < 0 ? `${'█'.repeat(length).padStart(half)}│` : `${' '.repeat(half)}│${'█'.repeat(length)}`;
}

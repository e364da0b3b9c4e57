import { createCoalitions } from '../../ml/explanation/createCoalitions.ts';
import type { Explanation } from '../../ml/explanation/Explanation.ts';
import { deriveSeed } from '../../ml/random/deriveSeed.ts';
import { type Columns, createColumns } from '../Columns.ts';
import type { Signature } from '../Signature.ts';

export interface SampledExplanation extends Explanation {
  readonly standardErrors: Float64Array;
}

/**
 * Explains one customer by asking the model file about mixtures of it and the typical one, in probability. Only columns in
 * which the two differ play: the others contribute nothing. The same customer is asked about in the same way every time.
 * @param score the probabilities of all rows
 */
export async function sampleExplanation(
  { signature, digest }: { readonly signature: Signature; readonly digest: string },
  typical: Columns,
  columns: Columns,
  row: number,
  score: (mixtures: Columns) => Promise<Float32Array>,
): Promise<SampledExplanation> {
  const customer = oneRow(signature, columns, row);
  const players = signature.inputs.flatMap((_, place) =>
    differs(signature, typical, customer, place) ? [place] : [],
  );
  const seed = deriveSeed(0, digest, ...players.map(place => textAt(signature, customer, place)));
  const coalitions = createCoalitions(players.length, seed);
  const mixtures = mix(signature, typical, customer, players, coalitions.rows);
  const scores = await score(mixtures);
  const estimate = coalitions.estimate(scores);
  const contributions = new Float64Array(signature.inputs.length);
  const standardErrors = new Float64Array(signature.inputs.length);
  for (const [player, place] of players.entries()) {
    contributions[place] = estimate.contributions[player];
    standardErrors[place] = estimate.standardErrors[player];
  }
  return { base: scores[0], score: scores[scores.length - 1], contributions, standardErrors };
}

function oneRow({ numberCount, categoryCount }: Signature, columns: Columns, row: number): Columns {
  return {
    rowCount: 1,
    numbers: columns.numbers.slice(row * numberCount, (row + 1) * numberCount),
    codes: columns.codes.slice(row * categoryCount, (row + 1) * categoryCount),
    texts: columns.texts,
  };
}

const differs = ({ inputs, slots }: Signature, one: Columns, other: Columns, place: number): boolean =>
  inputs[place].kind === 'number'
    ? !Object.is(one.numbers[slots[place]], other.numbers[slots[place]])
    : one.codes[slots[place]] !== other.codes[slots[place]];

/** What the seed is made of: not a text's place in its request. */
const textAt = ({ inputs, slots }: Signature, { numbers, codes, texts }: Columns, place: number): string => {
  if (inputs[place].kind === 'number') return String(numbers[slots[place]]);
  const code = codes[slots[place]];
  return code < 0 ? texts[-1 - code] : `#${code}`;
};

function mix(
  signature: Signature,
  typical: Columns,
  customer: Columns,
  players: readonly number[],
  rows: readonly Uint8Array[],
): Columns {
  const { inputs, slots, numberCount, categoryCount } = signature;
  const mixtures: Columns = { ...createColumns(signature, rows.length), texts: customer.texts };
  for (const [row, members] of rows.entries()) {
    mixtures.numbers.set(typical.numbers, row * numberCount);
    mixtures.codes.set(typical.codes, row * categoryCount);
    for (const [player, place] of players.entries()) {
      if (members[player] === 0) continue;
      const slot = slots[place];
      if (inputs[place].kind === 'number')
        mixtures.numbers[row * numberCount + slot] = customer.numbers[slot];
      else mixtures.codes[row * categoryCount + slot] = customer.codes[slot];
    }
  }
  return mixtures;
}

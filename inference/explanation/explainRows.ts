import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ExactExplainer, Explanation, Space } from '../../ml/explanation/Explanation.ts';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import type { Contribution, ExplainResponse } from '../../proto/gen/holdfast/v1/prediction.ts';
import type { Columns } from '../Columns.ts';
import { callerGone, type Waiting } from '../createBatcher.ts';
import type { LoadedModel } from '../LoadedModel.ts';
import { type SampledExplanation, sampleExplanation } from './sampleExplanation.ts';
import { shownValue } from './shownValue.ts';
import { toTable } from './toTable.ts';
import { typicalCustomer } from './typicalCustomer.ts';

// Rows that were read and scored, explained. What is asked of the model file goes through the batcher, where small calls go
// first, and between customers other calls get their turn.

/**
 * @param probabilities what the version answers for the rows
 * @throws HoldfastError failedPrecondition where the model has no typical customer to compare with; unavailable where the
 *   caller gave up
 */
export async function explainRows(
  loaded: LoadedModel,
  columns: Columns,
  probabilities: ArrayLike<number>,
  caller: Waiting,
): Promise<ExplainResponse> {
  const typical = typicalCustomer(loaded.signature);
  const { method, space } = loaded.explainer ?? SAMPLED;
  const explanations = [];
  let base = 0;
  let row = 0;
  for await (const one of explanationsOf(loaded, typical, columns, caller)) {
    assertBase(loaded, one.base);
    base = one.base;
    explanations.push({
      label: loaded.label(probabilities[row]),
      probability: probabilities[row],
      score: one.score,
      contributions: toContributions(loaded, typical, columns, row, one),
    });
    row++;
  }
  return {
    model: loaded.model,
    modelVersion: loaded.version,
    method,
    space,
    baseValue: base,
    threshold: loaded.metadata.threshold,
    explanations,
  };
}

const SAMPLED: { readonly method: string; readonly space: Space } = {
  method: 'sampled',
  space: 'probability',
};

async function* explanationsOf(
  loaded: LoadedModel,
  typical: Columns,
  columns: Columns,
  caller: Waiting,
): AsyncGenerator<Explanation | SampledExplanation> {
  const { explainer } = loaded;
  const exact = explainer === null ? null : exactly(explainer, loaded, typical, columns);
  for (let row = 0; row < columns.rowCount; row++) {
    if (row > 0) await nextTurn();
    if (caller.cancelled || Date.now() >= caller.deadline) throw callerGone(caller);
    const next = exact?.next();
    if (next === undefined)
      yield await sampleExplanation(loaded, typical, columns, row, mixtures =>
        loaded.evaluate(mixtures, caller),
      );
    else if (next.done !== true) yield next.value;
  }
}

const exactly = (
  explainer: ExactExplainer,
  { signature }: LoadedModel,
  typical: Columns,
  columns: Columns,
): Iterator<Explanation> => explainer.explain(toTable(signature, [typical, columns]))[Symbol.iterator]();

function toContributions(
  { signature }: LoadedModel,
  typical: Columns,
  columns: Columns,
  row: number,
  { contributions, ...one }: Explanation | SampledExplanation,
): Contribution[] {
  const standardErrors = 'standardErrors' in one ? one.standardErrors : null;
  return signature.inputs
    .map(({ name }, place) => ({
      column: name,
      value: shownValue(signature, columns, row, place),
      typicalValue: shownValue(signature, typical, 0, place),
      contribution: contributions[place],
      standardError: standardErrors?.[place] ?? 0,
    }))
    .toSorted((first, second) => Math.abs(second.contribution) - Math.abs(first.contribution));
}

/** Of a foreign file that takes no missing values and was imported before files told what is typical. */
function assertBase({ model, version }: LoadedModel, base: number): void {
  if (Number.isFinite(base)) return;
  throw new HoldfastError(
    'failedPrecondition',
    `${model} version ${version} cannot be explained: its file does not tell what a typical customer is, and answers ${base} where all columns are missing. Import or train it again.`,
  );
}

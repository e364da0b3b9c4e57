import { encode } from '../features/encode.ts';
import type { LinearModel, TreesModel } from '../trainers/FittedModel.ts';
import type { Pipeline } from '../trainers/Pipeline.ts';
import { type ExactExplainer, rowOf, type Space } from './Explanation.ts';
import { explainLinear } from './explainLinear.ts';
import { explainTrees } from './explainTrees.ts';

/**
 * Explains a pipeline by what its kernel is. Log-odds where the kernel has them: calibration is linear there and is part of
 * the explanation. A forest adds up in its own probability, before calibration.
 * @returns null where only sampling can explain the kernel
 */
export function createExactExplainer({ encoder, model, calibration }: Pipeline): ExactExplainer | null {
  if (model.kind === 'perceptron') return null;
  const places = new Map(encoder.inputs.map(({ name }, place) => [name, place]));
  const columns = Int32Array.from(encoder.features, ({ input }) => places.get(input) ?? -1);
  if (columns.includes(-1)) throw new RangeError('A feature names an input that the encoder does not have.');
  const isShare = model.kind === 'trees' && model.aggregate === 'probability';
  const space: Space = !isShare
    ? 'log_odds'
    : calibration === null
      ? 'probability'
      : 'uncalibrated_probability';
  const { slope, intercept } = isShare || calibration === null ? { slope: 1, intercept: 0 } : calibration;
  const shift = slope * (model.kind === 'trees' ? model.base : 0) + intercept;
  return {
    method: model.kind === 'linear' ? 'linear_exact' : 'tree_shap',
    space,
    *explain(table) {
      const matrix = encode(
        encoder,
        table,
        Int32Array.from({ length: table.rowCount }, (_, row) => row),
      );
      const reference = rowOf(matrix, 0);
      const explainRow = (row: Float32Array) => {
        const contributions = new Float64Array(encoder.inputs.length);
        const score = shift + addContributions(model, columns, row, reference, contributions, slope);
        return { score, contributions };
      };
      const { score: base } = explainRow(reference);
      for (let row = 1; row < table.rowCount; row++) yield { base, ...explainRow(rowOf(matrix, row)) };
    },
  };
}

function addContributions(
  model: LinearModel | TreesModel,
  columns: Int32Array,
  row: Float32Array,
  reference: Float32Array,
  contributions: Float64Array,
  slope: number,
): number {
  if (model.kind === 'trees') {
    const factor = model.aggregate === 'logit' ? slope : 1 / model.roots.length;
    return explainTrees(model, columns, row, reference, contributions, factor);
  }
  const logit = explainLinear(model, columns, row, reference, contributions);
  for (let column = 0; column < contributions.length; column++) contributions[column] *= slope;
  return slope * logit;
}

import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { labelsOf } from '../../ml/dataset/labelsOf.ts';
import { smote } from '../../ml/dataset/smote.ts';
import type { Table } from '../../ml/dataset/Table.ts';
import { correlationFilter } from '../../ml/features/correlationFilter.ts';
import { encode } from '../../ml/features/encode.ts';
import { fitEncoder } from '../../ml/features/fitEncoder.ts';
import { createRandom } from '../../ml/random/createRandom.ts';
import { deriveSeed } from '../../ml/random/deriveSeed.ts';
import { fitCandidate } from '../../ml/trainers/fitCandidate.ts';
import { fitLogisticRegression } from '../../ml/trainers/logisticRegression/fitLogisticRegression.ts';

// One strong, one weak and one useless number, and few positives: every step of the preparation changes the model.
const random = createRandom(41);
const labels = Uint8Array.from({ length: 200 }, () => (random.below(4) === 0 ? 1 : 0));
const column = (name: string, strength: number) =>
  ({
    kind: 'number',
    name,
    values: Float32Array.from(labels, label => 3 + 2 * random.normal() + strength * label),
  }) as const;
const table: Table = {
  rowCount: 200,
  labels,
  columns: [column('strong', 4), column('weak', 1), column('useless', 0)],
};
const rows = Int32Array.from({ length: 150 }, (_, row) => row);
const parameters = { l2: 1, maximumIterations: 100, tolerance: 1e-8, balanced: false };

describe('fitCandidate', () => {
  for (const [standardise, splineKnots] of [
    [true, null],
    [true, 2],
    [false, null],
  ] as const)
    for (const minimumAbsoluteCorrelation of [null, 0.3])
      for (const withSmote of [true, false])
        it(`is encoder, filter ${minimumAbsoluteCorrelation}, SMOTE ${withSmote} and kernel in a row, standardised: ${standardise}, knots: ${splineKnots}`, () => {
          const { encoder, model } = fitCandidate({
            table,
            rows,
            seed: 3,
            recipe: {
              trainer: 'logisticRegression',
              standardise,
              splineKnots,
              minimumAbsoluteCorrelation,
              smote: withSmote,
              calibrate: false,
              parameters,
            },
          });

          const partLabels = labelsOf(table, rows);
          const whole = fitEncoder(table, rows, { standardise, splineKnots });
          const expected =
            minimumAbsoluteCorrelation === null
              ? whole
              : correlationFilter(whole, encode(whole, table, rows), partLabels, minimumAbsoluteCorrelation);
          assert.equal(whole.features.length, splineKnots === null ? 3 : 9);
          assert.ok(minimumAbsoluteCorrelation === null || expected.features.length < whole.features.length);
          assert.deepEqual(encoder, expected);
          const plain = { matrix: encode(expected, table, rows), labels: partLabels };
          const part = withSmote ? smote(plain, deriveSeed(3, 'smote')) : plain;
          assert.equal(part.labels.length > 150, withSmote);
          assert.deepEqual(model, fitLogisticRegression(part.matrix, part.labels, parameters));
        });
});

import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { correlationFilter } from '../../ml/features/correlationFilter.ts';
import type { Encoder } from '../../ml/features/Encoder.ts';
import { matrixOf } from '../support/matrixOf.ts';

const encoderOf = (...names: string[]): Encoder => ({
  inputs: names.map(name => ({ kind: 'number', name, fill: 0 })),
  features: names.map(name => ({ kind: 'number', input: name, mean: 0, scale: 1 })),
});
const kept = (encoder: Encoder): string[] => encoder.features.map(feature => feature.input);

describe('correlationFilter', () => {
  // Against labels 0 0 1 1: equal r = 1; opposite r = -1; half r = .5774 (2 / √12); none r = 0; constant: no r.
  const encoder = encoderOf('equal', 'opposite', 'half', 'none', 'constant');
  const matrix = matrixOf([
    [0, 1, 0, 0, 3],
    [0, 1, 0, 1, 3],
    [1, 0, 0, 0, 3],
    [1, 0, 1, 1, 3],
  ]);
  const labels = Uint8Array.of(0, 0, 1, 1);

  for (const [minimum, names] of [
    [0, ['equal', 'opposite', 'half']],
    [0.57, ['equal', 'opposite', 'half']],
    [0.58, ['equal', 'opposite']],
    [1, ['equal']],
  ] as const)
    it(`keeps |r| above ${minimum}, and at least the best`, () => {
      const filtered = correlationFilter(encoder, matrix, labels, minimum);
      assert.deepEqual(kept(filtered), names);
      assert.equal(filtered.inputs, encoder.inputs);
    });

  it('keeps one feature where none varies', () => {
    assert.deepEqual(
      kept(
        correlationFilter(
          encoderOf('a', 'b'),
          matrixOf([
            [1, 2],
            [1, 2],
          ]),
          Uint8Array.of(0, 1),
          0.1,
        ),
      ),
      ['a'],
    );
  });

  it('sees a correlation far from zero', () => {
    const far = matrixOf([[1_000_000], [1_000_000], [1_000_001], [1_000_001]]);
    assert.deepEqual(
      kept(
        correlationFilter(
          encoderOf('noise', 'far'),
          matrixOf([0, 1, 2, 3].map(row => [[5, 5, 5, 6][row], far.values[row]])),
          labels,
          0.9,
        ),
      ),
      ['far'],
    );
  });
});

import { closeSync, openSync, writeSync } from 'node:fs';
import type { FeatureMatrix } from '../../ml/features/FeatureMatrix.ts';

interface Part {
  readonly matrix: FeatureMatrix;
  readonly labels: Uint8Array;
}

/** Writes the file of a FitJob. */
export function writeFitFile(path: string, train: Part, evaluate: Part): void {
  const file = openSync(path, 'w');
  try {
    for (const array of [train.matrix.values, evaluate.matrix.values, train.labels, evaluate.labels]) {
      const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
      for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
    }
  } finally {
    closeSync(file);
  }
}

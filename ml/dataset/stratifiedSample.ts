import { shuffledRowsByClass } from './shuffledRowsByClass.ts';

export interface StratifiedHoldout {
  /** Indices into the labels, ascending. */
  readonly fit: Int32Array;
  /** Indices into the labels, ascending. */
  readonly validation: Int32Array;
}

/**
 * Holds a share of each class back, for kernels that stop early. A class gives its rounded share: at least one row where it
 * has two, and it always keeps one to be learnt from, so a class of a single row is not in the validation part.
 * @param labels one a row of the training part, 0 or 1
 * @param share share of the rows held back, in (0, 1)
 * @throws RangeError for a share outside (0, 1)
 */
export function stratifiedHoldout(labels: Uint8Array, share: number, seed: number): StratifiedHoldout {
  if (!(share > 0 && share < 1))
    throw new RangeError(`validation share is ${share}; expected a share above 0 and below 1`);
  const held = new Uint8Array(labels.length);
  let heldCount = 0;
  for (const rows of shuffledRowsByClass(labels, seed)) {
    const count = Math.min(Math.max(1, Math.round(rows.length * share)), Math.max(0, rows.length - 1));
    for (let place = 0; place < count; place++) held[rows[place]] = 1;
    heldCount += count;
  }
  const fit = new Int32Array(labels.length - heldCount);
  const validation = new Int32Array(heldCount);
  let fitFilled = 0;
  let validationFilled = 0;
  for (let row = 0; row < labels.length; row++)
    if (held[row] === 1) validation[validationFilled++] = row;
    else fit[fitFilled++] = row;
  return { fit, validation };
}

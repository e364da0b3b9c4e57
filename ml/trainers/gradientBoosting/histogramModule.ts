import {
  add,
  type Code,
  constant,
  F32,
  get,
  I32,
  isBelow,
  repeat,
  set,
  shiftLeft,
  simd,
  V128,
  wasmModule,
} from '../webAssembly.ts';

// buildHistogram's loop in WebAssembly. A cell is two 64-bit integers side by side, updated by one instruction: the sum of
// the gradients in their unit, and the sum of the hessians in theirs × 2^20 with the number of rows below it. Integers have
// no rounding, so what comes out is to the bit what buildHistogram sums in float64.

export const CELL_BYTES = 16;
/** Bits of a cell's second half that count rows. */
export const COUNT_BITS = 20;
/** Rows after which a cell could overflow: 2^24 units of hessian × 2^19 rows × 2^20 fill its 64 bits. */
export const MAXIMUM_CALL_ROWS = 2 ** 19;
/** Columns that go side by side in the function `wide`. */
export const WIDE = 4;

const loadInteger = (address: Code): Code => [address, 0x28, 2, 0];
const loadByte = (address: Code): Code => [address, 0x2d, 0, 0];
const loadLane0 = (address: Code): Code => [simd(0x5c, address), 2, 0];
const loadLane1 = (address: Code, vector: Code): Code => [simd(0x56, address, vector), 2, 0, 1];
const loadCell = (address: Code): Code => [simd(0, address), 4, 0];
const storeCell = (address: Code, value: Code): Code => [simd(11, address, value), 4, 0];
const splatFloat = (value: Code): Code => simd(0x13, value);
const replaceFloat1 = (vector: Code, value: Code): Code => [simd(0x20, vector, value), 1];
const multiplyFloats = (left: Code, right: Code): Code => simd(0xe6, left, right);
const toIntegers = (value: Code): Code => simd(0xf8, value);
const widenLow = (value: Code): Code => simd(0xc7, value);
const shiftLongs = (value: Code, bits: number): Code => simd(0xcb, value, constant(bits));
const addLongs = (left: Code, right: Code): Code => simd(0xce, left, right);
const select = (ones: Code, zeros: Code, mask: Code): Code => simd(0x52, ones, zeros, mask);
const next = (place: number): Code => set(place, add(get(place), constant(4)));
const vector = (bytes: readonly number[]): Code => [simd(12), bytes];

const firstHalf = vector(Array.from({ length: 16 }, (_, byte) => (byte < 8 ? 0xff : 0)));
const oneRow = vector(Array.from({ length: 16 }, (_, byte) => (byte === 8 ? 1 : 0)));

/**
 * A module that imports `workspace.memory` and exports `wide` and `narrow`: (rows, gradients, hessians, rowsEnd,
 * gradientsPerUnit, hessiansPerUnit, bins of each column…, cells of each column…), all places in bytes but the two numbers.
 * `wide` takes four columns, `narrow` one. At least one and at most MAXIMUM_CALL_ROWS rows.
 */
export const histogramModule = (): Uint8Array<ArrayBuffer> =>
  wasmModule([accumulate('wide', WIDE), accumulate('narrow', 1)]);

function accumulate(name: string, width: number) {
  const [rows, gradients, hessians, rowsEnd, gradientScale, hessianScale] = [0, 1, 2, 3, 4, 5];
  const bins = 6;
  const cells = bins + width;
  const row = cells + width;
  const cell = row + 1;
  const scale = cell + 1;
  const values = scale + 1;
  const columns = Array.from({ length: width }, (_, column) => column);
  const body: Code = [
    set(scale, replaceFloat1(splatFloat(get(gradientScale)), get(hessianScale))),
    repeat(
      [
        set(row, loadInteger(get(rows))),
        set(
          values,
          widenLow(
            toIntegers(multiplyFloats(loadLane1(get(hessians), loadLane0(get(gradients))), get(scale))),
          ),
        ),
        set(values, addLongs(select(get(values), shiftLongs(get(values), COUNT_BITS), firstHalf), oneRow)),
        columns.map(
          (column): Code => [
            set(cell, add(get(cells + column), shiftLeft(loadByte(add(get(bins + column), get(row))), 4))),
            storeCell(get(cell), addLongs(loadCell(get(cell)), get(values))),
          ],
        ),
        next(rows),
        next(gradients),
        next(hessians),
      ],
      isBelow(get(rows), get(rowsEnd)),
    ),
  ];
  return {
    name,
    parameters: [I32, I32, I32, I32, F32, F32, ...columns.map(() => I32), ...columns.map(() => I32)],
    locals: [
      [2, I32],
      [2, V128],
    ] as const,
    body,
  };
}

import {
  add,
  type Code,
  constant,
  get,
  I32,
  isBelow,
  repeat,
  set,
  shiftLeft,
  simd,
  subtract,
  unsigned,
  V128,
  wasmModule,
} from '../webAssembly.ts';

// Most of a perceptron's training is the product of small matrices, and JavaScript numbers take it one at a time: this is
// the product as a WebAssembly module with four float32 lanes (SIMD), written out by hand because it is one function and a
// compiler would be one more tool. Its sums are plain IEEE float32 in a fixed order: the same bits on any machine.

/** Rows of the product that are worked on together; `rows` must be a multiple. */
export const ROW_TILE = 4;
/** Columns of the product that are worked on together: two vectors; `width` must be a multiple. */
export const COLUMN_TILE = 8;

const load = (address: Code, offset: number): Code => [simd(0, address), 2, unsigned(offset)];
const loadSplat = (address: Code): Code => [simd(9, address), 2, 0];
const store = (address: Code, offset: number, value: Code): Code => [
  simd(11, address, value),
  2,
  unsigned(offset),
];
const addLanes = (left: Code, right: Code): Code => simd(0xe4, left, right);
const multiplyLanes = (left: Code, right: Code): Code => simd(0xe6, left, right);

const nextRow = (at: number, stride: number): Code => set(at, add(get(at), get(stride)));

/** The locals that hold a row of the tile: its two vectors. */
const low = (row: number): number => 17 + 2 * row;
const high = (row: number): number => low(row) + 1;

/**
 * A module that imports `workspace.memory` and exports `multiply(a, aRow, aStep, b, c, rows, width, depth)`:
 * c[i][j] += Σ_p a[i × aRow + p × aStep] × b[p × width + j], all places and strides in bytes but rows, width and depth, which
 * count. The strides of `a` let it stand for its own transpose.
 */
export function matrixProductModule(): Uint8Array<ArrayBuffer> {
  const [a, aRow, aStep, b, c, rows, width, depth] = [0, 1, 2, 3, 4, 5, 6, 7];
  const [rowBytes, column, left, aAt, bAt, cAt] = [8, 9, 10, 11, 12, 13];
  const [bLow, bHigh, splat] = [14, 15, 16];
  const tile = Array.from({ length: ROW_TILE }, (_, row) => row);

  const loadTile = tile.map(
    (row): Code => [
      row === 0 ? set(cAt, add(get(c), get(column))) : nextRow(cAt, rowBytes),
      set(low(row), load(get(cAt), 0)),
      set(high(row), load(get(cAt), 16)),
    ],
  );
  const storeTile = tile.map(
    (row): Code => [
      row === 0 ? set(cAt, add(get(c), get(column))) : nextRow(cAt, rowBytes),
      store(get(cAt), 0, get(low(row))),
      store(get(cAt), 16, get(high(row))),
    ],
  );
  const addProducts = tile.map(
    (row): Code => [
      row === 0 ? set(cAt, get(aAt)) : nextRow(cAt, aRow),
      set(splat, loadSplat(get(cAt))),
      set(low(row), addLanes(get(low(row)), multiplyLanes(get(splat), get(bLow)))),
      set(high(row), addLanes(get(high(row)), multiplyLanes(get(splat), get(bHigh)))),
    ],
  );
  const overDepth = repeat(
    [
      set(bLow, load(get(bAt), 0)),
      set(bHigh, load(get(bAt), 16)),
      addProducts,
      nextRow(aAt, aStep),
      nextRow(bAt, rowBytes),
      set(left, subtract(get(left), constant(1))),
    ],
    get(left),
  );
  const overColumns = repeat(
    [
      loadTile,
      set(aAt, get(a)),
      set(bAt, add(get(b), get(column))),
      set(left, get(depth)),
      overDepth,
      storeTile,
      set(column, add(get(column), constant(4 * COLUMN_TILE))),
    ],
    isBelow(get(column), get(rowBytes)),
  );
  const overRows = repeat(
    [
      set(column, constant(0)),
      overColumns,
      set(a, add(get(a), shiftLeft(get(aRow), 2))),
      set(c, add(get(c), shiftLeft(get(rowBytes), 2))),
      set(rows, subtract(get(rows), constant(ROW_TILE))),
    ],
    get(rows),
  );
  return wasmModule([
    {
      name: 'multiply',
      parameters: Array.from({ length: 8 }, () => I32),
      locals: [
        [6, I32],
        [3 + 2 * ROW_TILE, V128],
      ],
      body: [set(rowBytes, shiftLeft(get(width), 2)), overRows],
    },
  ]);
}

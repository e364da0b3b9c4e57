// Most of a perceptron's training is the product of small matrices, and JavaScript numbers take it one at a time: this is
// the product as a WebAssembly module with four float32 lanes (SIMD), written out by hand because it is one function and a
// compiler would be one more tool. Its sums are plain IEEE float32 in a fixed order: the same bits on any machine.

/** Rows of the product that are worked on together; `rows` must be a multiple. */
export const ROW_TILE = 4;
/** Columns of the product that are worked on together: two vectors; `width` must be a multiple. */
export const COLUMN_TILE = 8;

const I32 = 0x7f;
const V128 = 0x7b;
const SIMD = 0xfd;

type Code = number | readonly Code[];

const unsigned = (value: number): number[] =>
  value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
const flat = (code: Code): number[] => (typeof code === 'number' ? [code] : code.flatMap(flat));
const list = (items: readonly Code[]): number[] => [...unsigned(items.length), ...flat(items)];
const section = (id: number, content: Code): number[] => {
  const bytes = flat(content);
  return [id, ...unsigned(bytes.length), ...bytes];
};
const text = (value: string): number[] => list([...new TextEncoder().encode(value)]);

const get = (local: number): Code => [0x20, unsigned(local)];
const set = (local: number, value: Code): Code => [value, 0x21, unsigned(local)];
const constant = (value: number): Code => [0x41, value]; // up to 63: one signed byte
const add = (left: Code, right: Code): Code => [left, right, 0x6a];
const subtract = (left: Code, right: Code): Code => [left, right, 0x6b];
const shiftLeft = (value: Code, bits: number): Code => [value, constant(bits), 0x74];
const isBelow = (left: Code, right: Code): Code => [left, right, 0x49];
/** Runs the body, and again as long as the condition holds after it. */
const repeat = (body: Code, condition: Code): Code => [0x03, 0x40, body, condition, 0x0d, 0, 0x0b];
const load = (address: Code, offset: number): Code => [address, SIMD, 0, 2, unsigned(offset)];
const loadSplat = (address: Code): Code => [address, SIMD, 9, 2, 0];
const store = (address: Code, offset: number, value: Code): Code => [
  address,
  value,
  SIMD,
  11,
  2,
  unsigned(offset),
];
const addLanes = (left: Code, right: Code): Code => [left, right, SIMD, unsigned(0xe4)];
const multiplyLanes = (left: Code, right: Code): Code => [left, right, SIMD, unsigned(0xe6)];

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
  const nextRow = (at: number, stride: number): Code => set(at, add(get(at), get(stride)));

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
  const body = flat([
    list([
      [6, I32],
      [3 + 2 * ROW_TILE, V128],
    ]),
    set(rowBytes, shiftLeft(get(width), 2)),
    overRows,
    0x0b,
  ]);
  const magicAndVersion = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
  const parameters = Array.from({ length: 8 }, () => I32);
  return Uint8Array.from(
    flat([
      magicAndVersion,
      section(1, list([[0x60, list(parameters), list([])]])),
      section(2, list([[text('workspace'), text('memory'), 0x02, 0x00, 0]])),
      section(3, list([0])),
      section(7, list([[text('multiply'), 0x00, 0]])),
      section(10, list([[unsigned(body.length), body]])),
    ]),
  );
}

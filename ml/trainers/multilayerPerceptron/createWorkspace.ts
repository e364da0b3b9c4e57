import { COLUMN_TILE, matrixProductModule, ROW_TILE } from './matrixProductModule.ts';

// @types/node leaves WebAssembly to the DOM's types, which a program without a page does not load.
declare const WebAssembly: {
  readonly Memory: new (limits: { initial: number }) => { readonly buffer: ArrayBuffer };
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (
    module: object,
    imports: { workspace: { memory: object } },
  ) => { readonly exports: Readonly<Record<string, unknown>> };
};

const PAGE_BYTES = 65_536;

/** A row-major matrix at a place in the workspace. */
export interface Place {
  readonly at: number;
  readonly rows: number;
  readonly columns: number;
}

export interface Workspace {
  /** The values of a place, row by row. */
  view(place: Place): Float32Array;
  /** c += a × b over the first `depth` columns of `a` and rows of `b`, for the first `rows` rows of `a` and `c`. */
  addProduct(a: Place, b: Place, c: Place, rows: number): void;
  /** c += aᵀ × b over the first `depth` rows of `a` and `b`. */
  addTransposedProduct(a: Place, b: Place, c: Place, depth: number): void;
}

/** Lays matrices out in one memory that the matrix product can reach; each must have whole tiles of rows and columns. */
export class WorkspacePlan {
  #floats = 0;

  matrix(rows: number, columns: number): Place {
    const place = { at: this.#floats, rows, columns };
    this.#floats += Math.ceil((rows * columns) / 4) * 4;
    return place;
  }

  create(): Workspace {
    const memory = new WebAssembly.Memory({
      initial: Math.max(1, Math.ceil((4 * this.#floats) / PAGE_BYTES)),
    });
    const module = new WebAssembly.Module(matrixProductModule());
    const { multiply } = new WebAssembly.Instance(module, { workspace: { memory } }).exports;
    if (typeof multiply !== 'function') throw new TypeError('the matrix product module exports no function');
    const floats = new Float32Array(memory.buffer);
    return {
      view: ({ at, rows, columns }) => floats.subarray(at, at + rows * columns),
      addProduct: (a, b, c, rows) => {
        multiply(4 * a.at, 4 * a.columns, 4, 4 * b.at, 4 * c.at, rows, c.columns, a.columns);
      },
      addTransposedProduct: (a, b, c, depth) => {
        multiply(4 * a.at, 4, 4 * a.columns, 4 * b.at, 4 * c.at, a.columns, c.columns, depth);
      },
    };
  }
}

/** The next size that both tiles divide. */
export const padded = (size: number): number => Math.ceil(size / COLUMN_TILE) * COLUMN_TILE;
/** The next number of rows that the row tile divides. */
export const paddedRows = (rows: number): number => Math.ceil(rows / ROW_TILE) * ROW_TILE;

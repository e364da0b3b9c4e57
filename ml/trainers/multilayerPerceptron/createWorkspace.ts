import { instantiateWasm } from '../instantiateWasm.ts';
import { COLUMN_TILE, matrixProductModule, ROW_TILE } from './matrixProductModule.ts';

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
    const { buffer, exported } = instantiateWasm(matrixProductModule(), 4 * this.#floats);
    const multiply = exported('multiply');
    const floats = new Float32Array(buffer);
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

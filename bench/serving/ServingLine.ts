import type { Measured } from './measureLoad.ts';
import type { Side } from './startSide.ts';

export interface ServingLine {
  readonly name: string;
  readonly rows: number;
  readonly inFlight: number;
  readonly side: Side;
  /** Against the echo of the same case and run; null where there was none. */
  readonly ratio: { readonly rate: number; readonly cpu: number } | null;
  readonly measured: Measured;
}

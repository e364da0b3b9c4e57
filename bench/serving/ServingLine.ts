import type { Measured } from './measureLoad.ts';
import type { Measurable } from './ServingCase.ts';

export interface ServingLine {
  readonly name: string;
  readonly rows: number;
  readonly inFlight: number;
  readonly side: Measurable;
  /** Against the first of the same case and run; null of that one. */
  readonly ratio: { readonly rate: number; readonly cpu: number } | null;
  readonly measured: Measured;
}

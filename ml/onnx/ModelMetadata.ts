import type { Offer } from '../definition/ProjectDefinition.ts';

// What a model file says of itself, as JSON under the key `holdfast` of the ONNX metadata_props. The inference server needs
// nothing else to serve the file. No times and no version numbers: the same training gives the same bytes.

export type SignatureInput =
  | {
      readonly kind: 'number';
      readonly name: string;
      readonly min: number | null;
      readonly max: number | null;
      readonly integer: boolean;
      readonly missing: 'reject' | 'impute';
      /** Median of the training part; older files do not tell it. */
      readonly typical?: number;
    }
  | {
      readonly kind: 'category';
      readonly name: string;
      /** The levels met in training; another is scored as all zeros. */
      readonly levels: readonly string[];
      readonly missing: 'reject' | 'impute';
      /** Most frequent level of the training part; older files do not tell it. */
      readonly typical?: string;
    };

export interface ModelMetadata {
  readonly format: 1;
  readonly model: string;
  /** One of ours, `blend`, or what somebody else's is called. */
  readonly trainer: string;
  readonly recipe: string;
  readonly seed: number;
  readonly label: { readonly column: string; readonly positive: string; readonly negative: string };
  readonly threshold: number;
  /** What the threshold was chosen for; left out: the best F1. */
  readonly offer?: Offer;
  /** The customer id's column: allowed in a request and ignored. */
  readonly id: string | null;
  /** In the order of the graph's inputs, each a tensor [N, 1]: float32 (NaN = missing) or string ("" = missing). */
  readonly inputs: readonly SignatureInput[];
  readonly datasetDigest: string;
  readonly definitionDigest: string;
}

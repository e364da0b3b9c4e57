// The fitted preprocessing, as plain JSON: what the ONNX export turns into nodes and encode() into a matrix. It is
// fitted on one training part only.

export type EncoderInput =
  | {
      readonly kind: 'number';
      readonly name: string /** Median of the training part, float32. */;
      readonly fill: number;
    }
  | {
      readonly kind: 'category';
      readonly name: string;
      /** Most frequent level of the training part (the first in code-unit order among equals). */
      readonly fill: string;
      /** Levels seen in the training part, in code-unit order. Any other text encodes as all zeros. */
      readonly levels: readonly string[];
    };

/**
 * One column of the feature matrix, in float32. `number`: (filled value − mean) × scale. `hinge`: that of its knot where it is
 * above 0, else 0; hinges at several knots let a linear model bend. `level`: 1 where the input equals the level, else 0.
 */
export type Feature =
  | { readonly kind: 'number'; readonly input: string; readonly mean: number; readonly scale: number }
  | { readonly kind: 'hinge'; readonly input: string; readonly knot: number; readonly scale: number }
  | { readonly kind: 'level'; readonly input: string; readonly level: string };

export interface Encoder {
  /** Every column of the table, used or not, in the table's order: the model file's inputs. */
  readonly inputs: readonly EncoderInput[];
  /** What the model sees, in order; the correlation filter may have left some out. */
  readonly features: readonly Feature[];
}

import type { FunctionProto, GraphProto } from 'onnx-buf';

export type ElementType = 'float32' | 'float64' | 'int64' | 'int32' | 'bool' | 'string';

/** A tensor that goes into or comes out of a graph. */
export interface ForeignTensor {
  readonly name: string;
  readonly type: ElementType;
  /** One a dimension, null where the file leaves it open; null where it does not even say how many there are. */
  readonly shape: readonly (number | null)[] | null;
}

/** A model file of somebody else, read and found whole: what taking it over needs. */
export interface ForeignModel {
  readonly graph: GraphProto;
  readonly operatorSets: ReadonlyMap<string, number>;
  readonly functions: ReadonlyMap<string, FunctionProto>;
  readonly inputs: readonly ForeignTensor[];
  readonly outputs: readonly ForeignTensor[];
  /** As `skl2onnx 1.20.0`; empty where the file does not say. */
  readonly producer: string;
  /** The columns of a matrix input, where the file's metadata_props say them. */
  readonly columns: readonly string[] | null;
}

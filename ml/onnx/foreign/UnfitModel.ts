interface UnfitModelOptions extends ErrorOptions {
  /** A name that was not found, and those that there are: for a caller that can guess which one was meant. */
  readonly unknown?: string;
  readonly known?: readonly string[];
}

/** Why a model file of somebody else cannot be taken: what, where, what was expected and what to do, for whoever made it. */
export class UnfitModel extends Error {
  readonly unknown: string | null;
  readonly known: readonly string[];

  constructor(message: string, { unknown, known = [], ...options }: UnfitModelOptions = {}) {
    super(message, options);
    this.name = 'UnfitModel';
    this.unknown = unknown ?? null;
    this.known = known;
  }
}

/** What every refusal of an operator set ends with. */
export const EXPORT_AGAIN =
  "Export it again for the operator sets that Holdfast serves: target_opset={'': 17, 'ai.onnx.ml': 3} in skl2onnx and onnxmltools, opset_version=17 in torch.onnx.export.";

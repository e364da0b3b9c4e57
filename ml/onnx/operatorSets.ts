/** IR 8 and operator set 17 are what every onnxruntime since 1.12 loads; nothing newer is needed. */
export const IR_VERSION = 8n;

/** Domain → the operator set that our files are written in; there are no other domains in them. */
export const operatorSets: ReadonlyMap<string, number> = new Map([
  ['', 17],
  ['ai.onnx.ml', 3],
]);

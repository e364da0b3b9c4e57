import { InferenceSession } from 'onnxruntime-node';
import type { ModelMetadata, SignatureInput } from '../ml/onnx/ModelMetadata.ts';
import { readMetadata } from '../ml/onnx/readMetadata.ts';
import { HoldfastError } from '../platform/HoldfastError.ts';
import { sha256 } from '../platform/sha256.ts';
import type { Columns } from './Columns.ts';
import { createFeeds } from './createFeeds.ts';
import { LoadedModel } from './LoadedModel.ts';

// From bytes to a version that serves: digest, metadata, session, signature, and a first run, in this order, so that nothing
// answers a caller that was not tried. (Load the new before dropping the old: MLServer's registry.)

/**
 * @param bytes the ONNX file, in memory: what was checked is what is loaded
 * @throws HoldfastError failedPrecondition that says what is wrong with the file
 */
export async function loadModel(
  identity: { readonly model: string; readonly version: number; readonly digest: string },
  bytes: Uint8Array,
): Promise<LoadedModel> {
  const refuse = (why: string, cause?: unknown): HoldfastError =>
    new HoldfastError(
      'failedPrecondition',
      `The file of ${identity.model} version ${identity.version} (${identity.digest.slice(0, 12)}…) is not served: ${why}`,
      { cause },
    );
  const found = sha256(bytes);
  if (found !== identity.digest)
    throw refuse(
      `its content was changed, for its SHA-256 is ${found.slice(0, 12)}…. Restore the file from a backup, or train again.`,
    );
  const metadata = attempt(
    () => readMetadata(bytes),
    cause => refuse(messageOf(cause), cause),
  );
  if (metadata.model !== identity.model)
    throw refuse(`it says that it is of the model ${JSON.stringify(metadata.model)}.`);

  const session = await InferenceSession.create(bytes, {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
  }).catch((cause: unknown) => {
    throw refuse(`ONNX Runtime does not take it: ${messageOf(cause)}`, cause);
  });
  const loaded = new LoadedModel(identity, metadata, session);
  try {
    checkSignature(session, metadata);
    await warmUp(loaded, session);
  } catch (cause) {
    await loaded.retire();
    throw refuse(messageOf(cause), cause);
  }
  return loaded;
}

function attempt<T>(work: () => T, describe: (cause: unknown) => Error): T {
  try {
    return work();
  } catch (cause) {
    throw describe(cause);
  }
}

const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));

const typeOf = (list: readonly InferenceSession.ValueMetadata[], name: string): string | undefined =>
  list.flatMap(value => (value.name === name && value.isTensor ? [value.type] : []))[0];

/** The graph's inputs and outputs are those that the metadata names, of the types that we feed and read. */
function checkSignature(session: InferenceSession, { inputs }: ModelMetadata): void {
  const expected = inputs.map(input => ({
    name: input.name,
    type: input.kind === 'number' ? 'float32' : 'string',
  }));
  for (const { name, type } of expected) {
    const present = typeOf(session.inputMetadata, name);
    if (present !== type)
      throw new Error(
        `expected the graph's input ${JSON.stringify(name)} as ${type}, found ${present ?? 'none'}.`,
      );
  }
  const extra = session.inputNames.filter(name => !expected.some(input => input.name === name));
  if (extra.length > 0)
    throw new Error(`the graph has inputs that its metadata does not name: ${extra.join(', ')}.`);
  for (const [name, type] of [
    ['label', 'string'],
    ['probabilities', 'float32'],
  ]) {
    const present = typeOf(session.outputMetadata, name);
    if (present !== type)
      throw new Error(`expected the graph's output ${name} as ${type}, found ${present ?? 'none'}.`);
  }
}

/**
 * A first run, which costs more than the later ones: rows of ordinary values, and one of nothing but missing values. The
 * labels that the graph gives must be those that we derive from its probabilities.
 */
async function warmUp(loaded: LoadedModel, session: InferenceSession): Promise<void> {
  const { inputs } = loaded.signature;
  const columns = sampleRows(inputs);
  const { label } = await session.run(createFeeds(inputs, columns, 0, columns.rowCount), ['label']);
  for (const [row, probability] of (await loaded.score(columns, 0, columns.rowCount)).entries()) {
    if (!(probability >= 0 && probability <= 1))
      throw new Error(`it answered the probability ${probability} for a sample row.`);
    if (label.data[row] !== loaded.label(probability))
      throw new Error(
        `it labels a sample row of probability ${probability} as ${JSON.stringify(label.data[row])}, not by its threshold ${loaded.metadata.threshold}.`,
      );
  }
}

const SAMPLE_ROWS = 4;

function sampleRows(inputs: readonly SignatureInput[]): Columns {
  const values = inputs.map(input => {
    const rows = Array.from({ length: SAMPLE_ROWS }, (_, row) => row);
    if (input.kind === 'category')
      return rows.map(row => (row === 0 ? '' : (input.levels[row % Math.max(1, input.levels.length)] ?? '')));
    const { min, max } = input;
    const from = min ?? Math.min(0, max ?? 0);
    const to = max ?? Math.max(from + 1, 1);
    return Float32Array.from(rows, row =>
      row === 0 ? Number.NaN : from + ((to - from) * (row - 1)) / (SAMPLE_ROWS - 2),
    );
  });
  return { rowCount: SAMPLE_ROWS, values };
}

import { InferenceSession } from 'onnxruntime-node';
import type { ModelMetadata } from '../ml/onnx/ModelMetadata.ts';
import { readMetadata } from '../ml/onnx/readMetadata.ts';
import { HoldfastError } from '../platform/HoldfastError.ts';
import { sha256 } from '../platform/sha256.ts';
import { enterBehindEncoders } from '../ml/onnx/enterBehindEncoders.ts';
import { type Columns, createColumns } from './Columns.ts';
import { createEnteredSession } from './createEnteredSession.ts';
import { createFileSession, fileFeeds } from './createFileSession.ts';
import { readExplainer } from './explanation/readExplainer.ts';
import { LoadedModel, type LoadedModelOptions } from './LoadedModel.ts';
import type { ScoringSession } from './ScoringSession.ts';
import { createSignature, type Signature } from './Signature.ts';

// From bytes to a version that serves: digest, metadata, session, signature, and a first run, in this order, so that nothing
// answers a caller that was not tried. (Load the new before dropping the old: MLServer's registry.) Where the file's texts all
// go through encoders, what serves in the end is the same file entered behind them, if it answers the same bits.

const sessionOptions = {
  // One core a process: runs come one after the other, and more processes are how more cores are used.
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  logSeverityLevel: 3,
} as const;

/**
 * @param bytes the ONNX file, in memory: what was checked is what is loaded
 * @throws HoldfastError failedPrecondition that says what is wrong with the file
 */
export async function loadModel(
  identity: { readonly model: string; readonly version: number; readonly digest: string },
  bytes: Uint8Array,
  options: LoadedModelOptions,
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

  const session = await InferenceSession.create(bytes, sessionOptions).catch((cause: unknown) => {
    throw refuse(`ONNX Runtime does not take it: ${messageOf(cause)}`, cause);
  });
  const signature = createSignature(metadata);
  const asItIs = createFileSession(session, signature);
  try {
    checkSignature(session, metadata);
    await warmUp(session, asItIs, signature, metadata);
  } catch (cause) {
    await asItIs.release();
    throw refuse(messageOf(cause), cause);
  }
  const serving = (await enter(bytes, signature, asItIs)) ?? asItIs;
  const samples = sampleRows(signature, COMPARED_ROWS);
  const explainer = await readExplainer(bytes, metadata, signature, serving, samples);
  return new LoadedModel(
    { ...identity, fileBytes: bytes.length },
    metadata,
    signature,
    { session: serving, explainer },
    options,
  );
}

/** The session behind the encoders, in place of the given one, which is let go then; null where it stays. */
async function enter(
  bytes: Uint8Array,
  signature: Signature,
  asItIs: ScoringSession,
): Promise<ScoringSession | null> {
  const entry = enterBehindEncoders(bytes, signature.inputs);
  if (entry === null) return null;
  const session = await InferenceSession.create(entry.bytes, sessionOptions).catch(() => null);
  if (session === null) return null;
  const entered = createEnteredSession(session, signature, entry);
  const isSame = await answersTheSame(asItIs, entered, signature).catch(() => false);
  await (isSame ? asItIs : entered).release();
  return isSame ? entered : null;
}

/** Every level of every column and a text that is none, missing values, and numbers from all over their range. */
async function answersTheSame(
  one: ScoringSession,
  other: ScoringSession,
  signature: Signature,
): Promise<boolean> {
  const columns = sampleRows(signature, COMPARED_ROWS);
  const range = { columns, from: 0, to: columns.rowCount };
  const [expected, answered] = [await one.score([range]), await other.score([range])];
  return Buffer.from(expected.buffer).equals(Buffer.from(answered.buffer));
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
async function warmUp(
  session: InferenceSession,
  scoring: ScoringSession,
  signature: Signature,
  { threshold, label }: ModelMetadata,
): Promise<void> {
  const columns = sampleRows(signature, WARMED_ROWS);
  const ranges = [{ columns, from: 0, to: columns.rowCount }];
  const answered = await session.run(fileFeeds(signature, ranges), ['label']);
  for (const [row, probability] of (await scoring.score(ranges)).entries()) {
    if (!(probability >= 0 && probability <= 1))
      throw new Error(`it answered the probability ${probability} for a sample row.`);
    const expected = probability >= Math.fround(threshold) ? label.positive : label.negative;
    if (answered.label.data[row] !== expected)
      throw new Error(
        `it labels a sample row of probability ${probability} as ${JSON.stringify(answered.label.data[row])}, not by its threshold ${threshold}.`,
      );
  }
}

const WARMED_ROWS = 4;
const COMPARED_ROWS = 64;

/** The first row is missing throughout. The others take levels and numbers in turn, at another pace in each column. */
function sampleRows(signature: Signature, rowCount: number): Columns {
  const { inputs, slots, numberCount, categoryCount } = signature;
  const columns = createColumns(signature, rowCount);
  columns.texts.push('a level that no training met');
  for (const [place, input] of inputs.entries())
    for (let row = 1; row < rowCount; row++) {
      if (input.kind === 'category') {
        const codes = input.levels.length + 2;
        const code = (row * (1 + (place % 3)) + place) % codes;
        columns.codes[row * categoryCount + slots[place]] = code > input.levels.length ? -1 : code;
        continue;
      }
      const from = input.min ?? Math.min(0, input.max ?? 0);
      const to = input.max ?? Math.max(from + 1, 1);
      const share = (((row - 1) * (1 + (place % 5))) % (rowCount - 1)) / Math.max(1, rowCount - 2);
      columns.numbers[row * numberCount + slots[place]] = from + (to - from) * share;
    }
  return columns;
}

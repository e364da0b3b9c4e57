import { fromBinary } from '@bufbuild/protobuf';
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { StringStringEntryProtoSchema } from 'onnx-buf';
import { z } from 'zod';
import type { ModelMetadata } from './ModelMetadata.ts';
import { METADATA_KEY, modelMetadataSchema } from './modelMetadataSchema.ts';

// Reads what a model file says of itself. Only the file's outermost fields are walked and the graph is stepped over, so that
// a forest of many megabytes answers as fast as a logistic regression.

/** Fields of onnx.ModelProto. */
const IR_VERSION = 1;
const GRAPH = 7;
const METADATA_PROPS = 14;
const HIGHEST_FIELD = 26;

const EXPECTED = `Expected a model that Holdfast exported: an ONNX file with the metadata_props entry "${METADATA_KEY}", a JSON object with ${Object.keys(modelMetadataSchema.shape).join(', ')}.`;

/**
 * The metadata of an exported model.
 * @throws Error when the bytes are no whole ONNX model, or have no valid `holdfast` entry; it says what was expected.
 */
export function readMetadata(bytes: Uint8Array): ModelMetadata {
  const text = metadataEntries(bytes).get(METADATA_KEY);
  if (text === undefined)
    throw new Error(`The ONNX model has no metadata_props entry "${METADATA_KEY}". ${EXPECTED}`);
  const result = modelMetadataSchema.safeParse(parseJson(text));
  if (result.success) return result.data;
  throw new Error(
    `The ONNX model's metadata_props entry "${METADATA_KEY}" is not valid:\n${z.prettifyError(result.error)}\n${EXPECTED}`,
  );
}

function metadataEntries(bytes: Uint8Array): Map<string, string> {
  const entries = new Map<string, string>();
  const seen = new Set<number>();
  const reader = new BinaryReader(bytes);
  try {
    while (reader.pos < reader.len) {
      const [field, wireType] = reader.tag();
      if (field > HIGHEST_FIELD) throw new Error(`field ${field} is not one of an ONNX model`);
      seen.add(field);
      if (field === METADATA_PROPS && wireType === WireType.LengthDelimited) {
        const entry = fromBinary(StringStringEntryProtoSchema, reader.bytes());
        entries.set(entry.key, entry.value);
      } else reader.skip(wireType, field);
    }
  } catch (cause) {
    throw notOnnx(bytes, cause instanceof Error ? cause.message : String(cause), cause);
  }
  if (!seen.has(IR_VERSION)) throw notOnnx(bytes, 'it has no ir_version');
  if (!seen.has(GRAPH)) throw notOnnx(bytes, 'it has no graph');
  return entries;
}

function notOnnx(bytes: Uint8Array, why: string, cause?: unknown): Error {
  return new Error(
    `The ${bytes.length} bytes are not an ONNX model, or not a whole one: ${why}. ${EXPECTED}`,
    cause === undefined ? undefined : { cause },
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error(`The ONNX model's metadata_props entry "${METADATA_KEY}" is not JSON. ${EXPECTED}`, {
      cause,
    });
  }
}

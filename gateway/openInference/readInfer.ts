import type { IncomingHttpHeaders } from 'node:http';
import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import { didYouMean } from '../../platform/suggest.ts';
import { encodeData } from './encodeData.ts';
import { isObject, parseJson } from './parseJson.ts';
import { refusal } from './refusal.ts';
import { wrapParameters } from './wrapParameters.ts';

// The body of an infer request: JSON, and behind it the bytes of those inputs that say `binary_data_size`, in their order. What
// this form says by parameters of its own is taken out here; the rest goes on as proto3 JSON, whose mapping refuses what is wrong.

export interface InferBody {
  /** A ModelInferRequest in proto3 JSON, without the tensors' contents. */
  readonly json: JsonObject;
  /** One an input. */
  readonly rawInputContents: readonly Buffer[];
  /** Whether an output is to be answered as bytes. */
  readonly isBinary: (output: string) => boolean;
}

const LENGTH_HEADER = 'inference-header-content-length';

/** @throws HoldfastError invalidArgument; unimplemented where shared memory is asked for */
export function readInfer(body: Buffer, headers: IncomingHttpHeaders): InferBody {
  const jsonLength = readLength(headers[LENGTH_HEADER], body.length);
  const json = parseJson(body.subarray(0, jsonLength));
  refuseUnknown('The body', json, ['id', 'parameters', 'inputs', 'outputs']);
  const rawInputContents: Buffer[] = [];
  let read = jsonLength;
  const inputs = mapObjects(json.inputs, 'inputs', (input, where) => {
    refuseUnknown(where, input, ['name', 'shape', 'datatype', 'parameters', 'data']);
    const { value: size, rest } = takeParameter(input, 'binary_data_size');
    const { data = null, ...tensor } = rest;
    if ((data === null) === (size === null))
      throw refusal(where, 'has neither data nor binary_data_size, or both; expected one of them');
    if (size !== null) rawInputContents.push(take(size, where));
    else rawInputContents.push(encodeData(tensor, data, where));
    return wrapParameters(tensor);
  });
  if (read !== body.length)
    throw refusal('The body', `has ${body.length - read} bytes behind the JSON that no input takes`);
  const binaryOutputs = new Map<JsonValue, boolean>();
  const outputs = mapObjects(json.outputs, 'outputs', (output, where) => {
    refuseUnknown(where, output, ['name', 'parameters']);
    const { value, rest } = takeParameter(output, 'binary_data');
    if (value !== null) binaryOutputs.set(output.name, readFlag(value, `${where}.parameters.binary_data`));
    return wrapParameters(rest);
  });
  const { value, rest } = takeParameter(json, 'binary_data_output');
  const everything = value !== null && readFlag(value, 'parameters.binary_data_output');
  return {
    json: wrapParameters({ ...rest, inputs, outputs }),
    rawInputContents,
    isBinary: name => binaryOutputs.get(name) ?? everything,
  };

  function take(size: JsonValue, where: string): Buffer {
    if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0 || read + size > body.length)
      throw refusal(
        `${where}.parameters.binary_data_size`,
        `is ${JSON.stringify(size)}; expected at most the ${body.length - read} bytes that are left behind the JSON, whose own length the header Inference-Header-Content-Length says`,
      );
    read += size;
    return body.subarray(read - size, read);
  }
}

/** Of the JSON; without the header, all of the body. */
function readLength(header: string | string[] | undefined, bodyLength: number): number {
  if (header === undefined) return bodyLength;
  if (typeof header === 'string' && /^\d{1,15}$/.test(header) && Number(header) <= bodyLength)
    return Number(header);
  throw refusal(
    'The header Inference-Header-Content-Length',
    `is ${JSON.stringify(header)}; expected the length of the JSON, at most the ${bodyLength} bytes of the body`,
  );
}

/** What is no list, or no object in it, is left to the mapping. */
const mapObjects = (
  list: JsonValue = null,
  name: string,
  map: (element: JsonObject, where: string) => JsonObject,
): JsonValue =>
  Array.isArray(list)
    ? list.map((element, place) => (isObject(element) ? map(element, `${name}[${place}]`) : element))
    : list;

/** The parameter, null where there is none, and the object without it. */
function takeParameter(json: JsonObject, name: string): { value: JsonValue; rest: JsonObject } {
  const { parameters } = json;
  if (!isObject(parameters)) return { value: null, rest: json };
  if (parameters.shared_memory_region !== undefined)
    throw new HoldfastError(
      'unimplemented',
      'Shared memory is not offered: send and take tensors as data or as bytes behind the JSON.',
    );
  const { [name]: value = null, ...others } = parameters;
  return { value, rest: { ...json, parameters: others } };
}

function readFlag(value: JsonValue, field: string): boolean {
  if (typeof value === 'boolean') return value;
  throw refusal(field, `is ${JSON.stringify(value)}; expected true or false`);
}

function refuseUnknown(where: string, json: JsonObject, known: readonly string[]): void {
  for (const name of Object.keys(json))
    if (!known.includes(name))
      throw refusal(
        where,
        `has an unknown field ${JSON.stringify(name)};${didYouMean(name, known)} expected ${known.join(', ')}`,
      );
}

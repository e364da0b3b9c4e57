import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import { isObject } from './parseJson.ts';

/** Parameters are bare values in this JSON, and one of several kinds in the message. What is neither stays, and is refused as such. */
export function wrapParameters(json: JsonObject): JsonObject {
  const { parameters } = json;
  if (!isObject(parameters)) return json;
  const wrapped = Object.entries(parameters).map(([name, value]) => [name, wrap(value)] as const);
  return { ...json, parameters: Object.fromEntries(wrapped) };
}

function wrap(value: JsonValue): JsonValue {
  if (typeof value === 'string') return { string_param: value };
  if (typeof value === 'boolean') return { bool_param: value };
  if (typeof value !== 'number') return value;
  return Number.isSafeInteger(value) ? { int64_param: value } : { double_param: value };
}

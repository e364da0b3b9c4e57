import type { JsonValue } from '@bufbuild/protobuf';

/** A response as its method's `response_body` wants it: one field of it, or all of it. */
export function pickField(json: JsonValue, name: string | undefined): JsonValue {
  if (name === undefined) return json;
  const isObject = typeof json === 'object' && json !== null && !Array.isArray(json);
  return isObject ? (json[name] ?? null) : null;
}

import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import { refusal } from './refusal.ts';

/**
 * The JSON of a body; an empty one is an empty object. NaN and Infinity are not JSON, but stock clients write them for a missing
 * number and for one that is too large: NaN is read as null.
 * @throws HoldfastError invalidArgument
 */
export function parseJson(bytes: Buffer): JsonObject {
  if (bytes.length === 0) return {};
  const text = decode(bytes);
  refuseDepth(text);
  let json: JsonValue;
  try {
    json = parse(text);
  } catch (cause) {
    try {
      json = parse(text.replace(literals, literal => numbers[literal] ?? literal));
    } catch {
      throw refusal('The body', `is not JSON: ${cause instanceof Error ? cause.message : ''}`, cause);
    }
  }
  if (isObject(json)) return json;
  throw refusal('The body', 'is no JSON object; expected for example {"inputs": [...]}');
}

export const isObject = (json: JsonValue | undefined): json is JsonObject =>
  typeof json === 'object' && json !== null && !Array.isArray(json);

/** Texts too, so that what stands in them is passed over. */
const literals = /"(?:[^"\\]|\\.)*"|-?\bInfinity\b|\bNaN\b/g;
const numbers: Readonly<Record<string, string>> = { NaN: 'null', Infinity: '1e999', '-Infinity': '-1e999' };

/** Deeper than any tensor, and far from what a recursion over it bears. */
const MAXIMUM_DEPTH = 32;

function refuseDepth(text: string): void {
  let depth = 0;
  let isText = false;
  for (let at = 0; at < text.length; at++) {
    const letter = text.charCodeAt(at);
    if (isText) {
      if (letter === BACKSLASH) at++;
      else if (letter === QUOTE) isText = false;
    } else if (letter === QUOTE) isText = true;
    else if (letter === OPEN_LIST || letter === OPEN_OBJECT) {
      if (++depth > MAXIMUM_DEPTH)
        throw refusal('The body', `nests deeper than ${MAXIMUM_DEPTH} lists and objects`);
    } else if (letter === CLOSE_LIST || letter === CLOSE_OBJECT) depth--;
  }
}

const [QUOTE, BACKSLASH, OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = Buffer.from('"\\[]{}');

const parse = (text: string): JsonValue => JSON.parse(text);

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw refusal(
      'The body',
      'is not UTF-8 text; send JSON in UTF-8, and its length in Inference-Header-Content-Length where bytes follow it',
      cause,
    );
  }
}

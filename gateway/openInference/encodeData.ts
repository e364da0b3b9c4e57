import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import { shorten } from '../../platform/shorten.ts';
import { refusal } from './refusal.ts';

// A tensor's `data`, flat or nested as its shape is, as the bytes that the binary form has: one way through the server for both.

/**
 * @param where the tensor, as `inputs[0]`
 * @returns nothing for a datatype that no model has: the server refuses it by what the column's own is
 * @throws HoldfastError invalidArgument where an element is of another kind, or there are not so many as the shape says
 */
export function encodeData({ datatype, shape }: JsonObject, data: JsonValue, where: string): Buffer {
  const elements = flatten(data);
  const expected = sizeOf(shape);
  if (expected !== null && elements.length !== expected)
    throw refusal(
      `${where}.data`,
      `has ${elements.length} elements; its shape ${JSON.stringify(shape)} takes ${expected}`,
    );
  if (datatype === 'FP32') return encodeNumbers(elements, where);
  return datatype === 'BYTES' ? encodeTexts(elements, where) : Buffer.alloc(0);
}

/** Not by recursion: how deep the lists are is the caller's choice. */
function flatten(data: JsonValue): JsonValue[] {
  const elements: JsonValue[] = [];
  const open = [[data].values()];
  for (;;) {
    const list = open.at(-1);
    if (list === undefined) return elements;
    const { value, done } = list.next();
    if (done === true) open.pop();
    else if (Array.isArray(value)) open.push(value.values());
    else elements.push(value);
  }
}

/** Null for a shape that is none, which is refused by its own name. */
function sizeOf(shape: JsonValue | undefined): number | null {
  if (!Array.isArray(shape)) return null;
  let size = 1;
  for (const length of shape) {
    if (typeof length !== 'number') return null;
    size *= length;
  }
  return size;
}

/** Null is a missing value: NaN. */
function encodeNumbers(elements: readonly JsonValue[], where: string): Buffer {
  const bytes = Buffer.alloc(4 * elements.length);
  for (const [at, element] of elements.entries()) {
    if (typeof element !== 'number' && element !== null) throw elementFault(where, at, 'a number', element);
    bytes.writeFloatLE(element ?? Number.NaN, 4 * at);
  }
  return bytes;
}

/** Each behind its length. Null is a missing value: the empty text. Measured first, for there may be millions of small ones. */
function encodeTexts(elements: readonly JsonValue[], where: string): Buffer {
  let size = 0;
  for (const [at, element] of elements.entries()) {
    if (typeof element !== 'string' && element !== null) throw elementFault(where, at, 'text', element);
    size += 4 + Buffer.byteLength(element ?? '');
  }
  const bytes = Buffer.alloc(size);
  let at = 0;
  for (const element of elements) {
    const length = typeof element === 'string' ? bytes.write(element, at + 4) : 0;
    at = bytes.writeUInt32LE(length, at) + length;
  }
  return bytes;
}

const elementFault = (where: string, at: number, expected: string, came: JsonValue) =>
  refusal(`${where}.data[${at}]`, `is ${shorten(JSON.stringify(came), 40)}; expected ${expected} or null`);

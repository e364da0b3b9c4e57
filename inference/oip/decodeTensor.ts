import type { InstanceReader } from '../InstanceReader.ts';

// A tensor's elements into a column of the model, each under the rules of instances: raw_input_contents are little-endian, row
// by row, for BYTES each element behind its length as uint32. NaN and an empty text are missing values.

/** @throws RangeError where the bytes are not so many float32 numbers */
export function readRawNumbers(reader: InstanceReader, place: number, bytes: Buffer): void {
  const { rowCount } = reader.columns;
  if (bytes.byteLength !== 4 * rowCount)
    throw new RangeError(
      `holds ${bytes.byteLength} bytes; expected ${4 * rowCount}, 4 for each of ${rowCount} rows`,
    );
  for (let row = 0; row < rowCount; row++) readNumber(reader, place, row, bytes.readFloatLE(4 * row));
}

/** @throws RangeError where there are not so many elements */
export function readNumbers(reader: InstanceReader, place: number, elements: readonly number[]): void {
  checkCount(elements.length, reader.columns.rowCount);
  for (const [row, element] of elements.entries()) readNumber(reader, place, row, element);
}

const readNumber = (reader: InstanceReader, place: number, row: number, value: number): void =>
  Number.isNaN(value) ? reader.missing(place, row, null) : reader.number(place, row, value);

/** @throws RangeError where the bytes are not so many texts, or one is not UTF-8 */
export function readRawTexts(reader: InstanceReader, place: number, bytes: Buffer): void {
  const { rowCount } = reader.columns;
  const readText = createTextReader(reader, place);
  let at = 0;
  let count = 0;
  while (at < bytes.length) {
    if (at + 4 > bytes.length) throw new RangeError(`ends within the length of element ${count}`);
    const length = bytes.readUInt32LE(at);
    at += 4;
    if (length > bytes.length - at)
      throw new RangeError(
        `says that element ${count} has ${length} bytes, of which ${bytes.length - at} are there`,
      );
    if (count < rowCount) readText(count, bytes, at, at + length);
    count++;
    at += length;
  }
  checkCount(count, rowCount);
}

/** @throws RangeError as readRawTexts */
export function readTexts(reader: InstanceReader, place: number, elements: readonly Buffer[]): void {
  checkCount(elements.length, reader.columns.rowCount);
  const readText = createTextReader(reader, place);
  for (const [row, element] of elements.entries()) readText(row, element, 0, element.length);
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

type TextReader = (row: number, bytes: Buffer, from: number, to: number) => void;

/** Bytes that came before are not decoded again, nor even cut out: a column has few different texts. */
function createTextReader(reader: InstanceReader, place: number): TextReader {
  const codes = reader.signature.levelCodes[place];
  const known: { readonly bytes: Buffer; readonly code: number }[] = [];
  return (row, bytes, from, to) => {
    for (const one of known)
      if (one.bytes.length === to - from && startsAt(bytes, from, one.bytes))
        return reader.code(place, row, one.code);
    const element = bytes.subarray(from, to);
    const text = decode(element, row);
    const code = codes?.get(text);
    if (code === undefined) return reader.text(place, row, text);
    if (known.length < MAXIMUM_KNOWN) known.push({ bytes: element, code });
    reader.code(place, row, code);
  };
}

/** For texts this short, cheaper than a call out of JavaScript. */
function startsAt(bytes: Buffer, from: number, expected: Buffer): boolean {
  for (let at = 0; at < expected.length; at++) if (bytes[from + at] !== expected[at]) return false;
  return true;
}

/** Beyond this, looking through them costs more than decoding. */
const MAXIMUM_KNOWN = 8;

function decode(bytes: Buffer, element: number): string {
  try {
    return utf8.decode(bytes);
  } catch (cause) {
    throw new RangeError(`has an element ${element} that is not UTF-8 text`, { cause });
  }
}

function checkCount(count: number, rowCount: number): void {
  if (count !== rowCount)
    throw new RangeError(`holds ${count} elements; expected one for each of ${rowCount} rows`);
}

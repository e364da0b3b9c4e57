import { z } from 'zod';
import type { Column, EventTime, Table } from './Table.ts';

// A table as bytes, the form in which it passes between processes: the magic, the header's length, a JSON header, then
// one little-endian array a column, the event times and the units' hashes if there are any, and the labels, each at a multiple of eight bytes. Equal tables give equal bytes
// (there is one NaN), so the bytes' digest names the table. Decoding must never copy what it can view in place.

const MAGIC = 'HFTABLE1';
const HEADER_START = MAGIC.length + 4;
const ALIGNMENT = 8;
const CANONICAL_NAN = 0x7fc00000;

const header = z.strictObject({
  rowCount: z.number().int().min(0),
  columns: z.array(
    z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('number'), name: z.string() }),
      z.strictObject({ kind: z.literal('category'), name: z.string(), levels: z.array(z.string()) }),
    ]),
  ),
  /** Its column's name. */
  eventTime: z.string().optional(),
  unitHashes: z.literal(true).optional(),
});

const align = (offset: number): number => Math.ceil(offset / ALIGNMENT) * ALIGNMENT;
const littleEndianHost = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

/** Elements that are encoded at a time. */
const CHUNK_LENGTH = 2 ** 16;

/** The table's bytes, see tableChunks. */
export function encodeTable(table: Table): Uint8Array<ArrayBuffer> {
  const chunks = Array.from(tableChunks(table), chunk => chunk.slice());
  const bytes = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}

/**
 * The table's bytes one piece after the other, each valid until the next is asked for, so that they are never all in memory beside the
 * table. The same for equal tables on any machine.
 * @throws Error where the table contradicts itself: a column of another length than `rowCount`, a code without a level,
 * levels out of order, a label other than 0 and 1, an event time that is no number.
 */
export function* tableChunks(table: Table): Generator<Uint8Array, void, void> {
  const { rowCount, columns, labels, eventTime, unitHashes } = table;
  const text = new TextEncoder().encode(
    JSON.stringify({
      rowCount,
      columns: columns.map(column =>
        column.kind === 'number'
          ? { kind: column.kind, name: column.name }
          : { kind: column.kind, name: column.name, levels: column.levels },
      ),
      eventTime: eventTime?.column,
      unitHashes: unitHashes === undefined ? undefined : true,
    }),
  );
  if (labels.length !== rowCount)
    throw new Error(`The table cannot be encoded: ${labels.length} labels for ${rowCount} rows.`);
  for (const column of columns) checkColumn(column, rowCount, 'The table cannot be encoded');
  if (eventTime !== undefined) checkTimes(eventTime, rowCount, 'The table cannot be encoded');
  if (unitHashes !== undefined && unitHashes.length !== rowCount)
    throw new Error(`The table cannot be encoded: ${unitHashes.length} units for ${rowCount} rows.`);
  checkLabels(labels, 'The table cannot be encoded');
  const head = new Uint8Array(align(HEADER_START + text.length));
  head.set(new TextEncoder().encode(MAGIC));
  new DataView(head.buffer).setUint32(MAGIC.length, text.length, true);
  head.set(text, HEADER_START);
  yield head;
  for (const column of columns)
    if (column.kind === 'number') yield* encoded(column.values, 4, writeNumber);
    else yield* encoded(column.codes, 4, (view, at, code) => view.setInt32(at, code, true));
  if (eventTime !== undefined)
    yield* encoded(eventTime.times, 8, (view, at, time) => view.setFloat64(at, time, true));
  if (unitHashes !== undefined)
    yield* encoded(unitHashes, 4, (view, at, hash) => view.setUint32(at, hash, true));
  yield* encoded(labels, 1, (view, at, label) => view.setUint8(at, label));
}

/** The values as bytes, filled up with zeros. */
function* encoded(
  values: ArrayLike<number>,
  elementBytes: number,
  write: (view: DataView, at: number, value: number) => void,
): Generator<Uint8Array, void, void> {
  const chunk = new Uint8Array(align(Math.min(values.length, CHUNK_LENGTH) * elementBytes));
  const view = new DataView(chunk.buffer);
  for (let from = 0; from < values.length; from += CHUNK_LENGTH) {
    const to = Math.min(from + CHUNK_LENGTH, values.length);
    for (let place = from; place < to; place++) write(view, (place - from) * elementBytes, values[place]);
    const bytes = (to - from) * elementBytes;
    chunk.fill(0, bytes);
    yield chunk.subarray(0, align(bytes));
  }
}

/**
 * Reads what tableChunks wrote. The table's arrays are views of `bytes` (also of a SharedArrayBuffer) where their address
 * allows it, so `bytes` must not change afterwards.
 * @throws Error that says in what the bytes are not a table: too short, of another format or version, or damaged.
 */
export function decodeTable(bytes: Uint8Array): Table {
  const problem = 'The bytes are not a table artifact';
  if (bytes.length < HEADER_START)
    throw new Error(`${problem}: ${bytes.length} bytes, expected at least ${HEADER_START}.`);
  const magic = readText(bytes, 0, MAGIC.length);
  if (magic !== MAGIC)
    throw new Error(`${problem}: they begin with ${JSON.stringify(magic)}, expected "${MAGIC}".`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerLength = view.getUint32(MAGIC.length, true);
  if (HEADER_START + headerLength > bytes.length)
    throw new Error(`${problem}: cut off within the header, at byte ${bytes.length}.`);
  const { rowCount, columns, eventTime, unitHashes } = parseHeader(
    readText(bytes, HEADER_START, headerLength),
    problem,
  );
  const dataStart = align(HEADER_START + headerLength);
  const columnBytes = align(rowCount * 4);
  const timeStart = dataStart + columns.length * columnBytes;
  const unitStart = timeStart + (eventTime === undefined ? 0 : rowCount * 8);
  const labelStart = unitStart + (unitHashes === undefined ? 0 : columnBytes);
  const expected = labelStart + align(rowCount);
  if (bytes.length !== expected)
    throw new Error(`${problem}: ${bytes.length} bytes, but its header speaks of ${expected}.`);
  const table: Table = {
    rowCount,
    columns: columns.map((column, index): Column => {
      const offset = dataStart + index * columnBytes;
      return column.kind === 'number'
        ? { ...column, values: readFloats(view, offset, rowCount) }
        : { ...column, codes: readIntegers(view, offset, rowCount) };
    }),
    labels: new Uint8Array(bytes.buffer, bytes.byteOffset + labelStart, rowCount),
    ...(eventTime === undefined
      ? {}
      : { eventTime: { column: eventTime, times: readDoubles(view, timeStart, rowCount) } }),
    ...(unitHashes === undefined ? {} : { unitHashes: readUnsigned(view, unitStart, rowCount) }),
  };
  for (const column of table.columns) checkColumn(column, rowCount, problem);
  if (table.eventTime !== undefined) checkTimes(table.eventTime, rowCount, problem);
  checkLabels(table.labels, problem);
  return table;
}

function checkColumn(column: Column, rowCount: number, problem: string): void {
  const where = `${problem}: column ${JSON.stringify(column.name)}`;
  const length = column.kind === 'number' ? column.values.length : column.codes.length;
  if (length !== rowCount) throw new Error(`${where} has ${length} values for ${rowCount} rows.`);
  if (column.kind === 'number') return;
  const { codes, levels } = column;
  for (let level = 1; level < levels.length; level++)
    if (!(levels[level - 1] < levels[level]))
      throw new Error(`${where} has its levels out of code-unit order, or one of them twice.`);
  for (let row = 0; row < rowCount; row++)
    if (codes[row] < -1 || codes[row] >= levels.length)
      throw new Error(
        `${where} has code ${codes[row]} in row ${row + 1}, expected -1 to ${levels.length - 1}.`,
      );
}

function checkLabels(labels: Uint8Array, problem: string): void {
  for (let row = 0; row < labels.length; row++)
    if (labels[row] > 1)
      throw new Error(`${problem}: label ${labels[row]} in row ${row + 1}, expected 0 or 1.`);
}

function checkTimes({ column, times }: EventTime, rowCount: number, problem: string): void {
  const where = `${problem}: event time ${JSON.stringify(column)}`;
  if (times.length !== rowCount) throw new Error(`${where} has ${times.length} values for ${rowCount} rows.`);
  for (let row = 0; row < rowCount; row++)
    if (!Number.isFinite(times[row]))
      throw new Error(`${where} has ${times[row]} in row ${row + 1}, expected milliseconds.`);
}

function writeNumber(view: DataView, at: number, value: number): void {
  if (Number.isNaN(value)) view.setUint32(at, CANONICAL_NAN, true);
  else view.setFloat32(at, value, true);
}

function parseHeader(text: string, problem: string): z.output<typeof header> {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (cause) {
    throw new Error(`${problem}: its header is not JSON.`, { cause });
  }
  const result = header.safeParse(content);
  if (!result.success)
    throw new Error(`${problem}: its header is damaged:\n${z.prettifyError(result.error)}`);
  return result.data;
}

/** Copied first: a TextDecoder refuses shared memory. */
const readText = (bytes: Uint8Array, start: number, length: number): string =>
  new TextDecoder().decode(bytes.slice(start, start + length));

const viewable = (view: DataView, offset: number, elementBytes = 4): boolean =>
  littleEndianHost && (view.byteOffset + offset) % elementBytes === 0;

function readFloats(view: DataView, offset: number, length: number): Float32Array {
  if (viewable(view, offset)) return new Float32Array(view.buffer, view.byteOffset + offset, length);
  return Float32Array.from({ length }, (_, row) => view.getFloat32(offset + row * 4, true));
}

function readIntegers(view: DataView, offset: number, length: number): Int32Array {
  if (viewable(view, offset)) return new Int32Array(view.buffer, view.byteOffset + offset, length);
  return Int32Array.from({ length }, (_, row) => view.getInt32(offset + row * 4, true));
}

function readUnsigned(view: DataView, offset: number, length: number): Uint32Array {
  if (viewable(view, offset)) return new Uint32Array(view.buffer, view.byteOffset + offset, length);
  return Uint32Array.from({ length }, (_, row) => view.getUint32(offset + row * 4, true));
}

function readDoubles(view: DataView, offset: number, length: number): Float64Array {
  if (viewable(view, offset, 8)) return new Float64Array(view.buffer, view.byteOffset + offset, length);
  return Float64Array.from({ length }, (_, row) => view.getFloat64(offset + row * 8, true));
}

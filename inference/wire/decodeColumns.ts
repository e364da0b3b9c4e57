import { HoldfastError } from '../../platform/HoldfastError.ts';
import { BYTES, FIXED64, VARINT, type WireReader } from './WireReader.ts';

// A holdfast.v1.Columns from its bytes. The lists are bounded while they are read, so that a message within the size limit
// cannot fill the memory with millions of texts of two bytes.

export interface WireColumn {
  readonly name: string;
  /** Null where the column holds texts. */
  readonly numbers: Float64Array | null;
  readonly texts: readonly string[];
  /** Null where the texts are the values. */
  readonly codes: Uint32Array | null;
  readonly missing: Uint32Array;
}

export interface WireColumns {
  readonly rowCount: number;
  readonly columns: readonly WireColumn[];
}

const COLUMN = (1 << 3) | BYTES;
const NAME = (1 << 3) | BYTES;
const NUMBERS = 2;
const TEXT = (3 << 3) | BYTES;
const CODES = 4;
const MISSING = 5;
/** More columns than any table has. */
const MAXIMUM_COLUMNS = 10_000;

/**
 * @param wire at the message's first byte, and set to its end
 * @throws HoldfastError invalidArgument where a column has too many values or another number than the others, or both kinds;
 * WireError where the bytes are no Columns
 */
export function decodeColumns(wire: WireReader, maximumRows: number): WireColumns {
  const { end } = wire;
  const columns: WireColumn[] = [];
  while (wire.position < end) {
    wire.end = end;
    const tag = wire.uint32();
    if (tag !== COLUMN) {
      wire.skip(tag);
      continue;
    }
    if (columns.length === MAXIMUM_COLUMNS)
      throw refuse('columns', `expected at most ${MAXIMUM_COLUMNS} columns`);
    wire.end = wire.length();
    columns.push(decodeColumn(wire, maximumRows));
  }
  const rowCount = columns.length === 0 ? 0 : lengthOf(columns[0]);
  for (const column of columns)
    if (lengthOf(column) !== rowCount)
      throw refuse(
        `columns.${column.name}`,
        `has ${lengthOf(column)} values; expected ${rowCount}, as many as the first column, ${JSON.stringify(columns[0].name)}`,
      );
  return { rowCount, columns };
}

const lengthOf = ({ numbers, texts, codes }: WireColumn): number => (numbers ?? codes ?? texts).length;

function decodeColumn(wire: WireReader, maximumRows: number): WireColumn {
  let name = '';
  const numbers = new NumberList(Float64Array, 'numbers', maximumRows);
  const codes = new NumberList(Uint32Array, 'codes', maximumRows);
  const missing = new NumberList(Uint32Array, 'missing rows', maximumRows);
  const texts: string[] = [];
  while (wire.more) {
    const tag = wire.uint32();
    const field = tag >>> 3;
    const read = field === NUMBERS ? readDouble : readUint32;
    const list = field === NUMBERS ? numbers : field === CODES ? codes : field === MISSING ? missing : null;
    if (tag === NAME) name = wire.string();
    else if (tag === TEXT) {
      if (texts.length === maximumRows) throw tooMany('texts', maximumRows);
      texts.push(wire.string());
    } else if (list !== null && (tag & 7) === BYTES) {
      const { end } = wire;
      wire.end = wire.length();
      while (wire.more) list.push(read(wire));
      wire.end = end;
    } else if (list !== null && (tag & 7) === (field === NUMBERS ? FIXED64 : VARINT)) list.push(read(wire));
    else wire.skip(tag);
  }
  if (numbers.length > 0 && texts.length + codes.length > 0)
    throw refuse(`columns.${name}`, 'holds numbers and texts; expected one of them');
  return {
    name,
    numbers: numbers.length > 0 ? numbers.values() : null,
    texts,
    codes: codes.length > 0 ? codes.values() : null,
    missing: missing.values(),
  };
}

const readDouble = (wire: WireReader): number => wire.double();
const readUint32 = (wire: WireReader): number => wire.uint32();

/** Grows as it is filled, up to the bound. */
class NumberList<List extends Float64Array | Uint32Array> {
  length = 0;
  #values: List;
  readonly #make: new (
    length: number,
  ) => List;
  readonly #what: string;
  readonly #maximum: number;

  constructor(make: new (length: number) => List, what: string, maximum: number) {
    this.#make = make;
    this.#what = what;
    this.#maximum = maximum;
    this.#values = new make(0);
  }

  push(value: number): void {
    if (this.length === this.#values.length) this.#grow();
    this.#values[this.length++] = value;
  }

  values(): List {
    const exact = new this.#make(this.length);
    exact.set(this.#values.subarray(0, this.length));
    return exact;
  }

  #grow(): void {
    if (this.length === this.#maximum) throw tooMany(this.#what, this.#maximum);
    const larger = new this.#make(Math.min(this.#maximum, Math.max(64, 2 * this.length)));
    larger.set(this.#values);
    this.#values = larger;
  }
}

const tooMany = (what: string, maximum: number): HoldfastError =>
  refuse('columns', `a column has more than ${maximum} ${what}; split the request into several`);

const refuse = (field: string, description: string): HoldfastError =>
  new HoldfastError(
    'invalidArgument',
    `The columns of the request are not valid: ${field}: ${description}.`,
    {
      violations: [{ field, description }],
    },
  );

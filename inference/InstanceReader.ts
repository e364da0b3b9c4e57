import type { SignatureInput } from '../ml/onnx/ModelMetadata.ts';
import type { FieldViolation } from '../platform/HoldfastError.ts';
import { suggest } from '../platform/suggest.ts';
import { type Columns, createColumns } from './Columns.ts';
import { describeValue } from './describeValue.ts';
import { IGNORED, type Signature } from './Signature.ts';

// Puts values into columns by their row and place, and names every fault by row and column. Every form of a request ends here,
// so that all know the same rules. They are strict, so that a wrong value is never scored as a right one:
// - number: a JSON number within the column's range, whole where the column is. Text is refused, also "29.85".
// - category: text. A number or boolean is taken where its JSON text is one of the levels, for tables that write 0 and 1.
// - null, or "" for a category, or nothing at all: a missing value, where the column may miss one.
// - the id and the label (also under the name that the request gives it) may be there and are not looked at; any other name
//   is refused.
// A level that training did not meet is scored and counted, not refused.

export type Instance = Readonly<Record<string, unknown>>;

export interface ReaderOptions {
  readonly maximumViolations: number;
  /** A name besides the signature's that is passed over. */
  readonly labelKey?: string | undefined;
  /** What a fault calls a row. */
  readonly nameRow?: (row: number) => string;
}

/** As a request of many calls its rows. */
export const nameInstance = (row: number): string => `instances[${row}]`;

export class InstanceReader {
  readonly signature: Signature;
  readonly columns: Columns;
  /** The first of the faults; `violationCount` counts them all. */
  readonly violations: FieldViolation[] = [];
  violationCount = 0;
  readonly labelKey: string | undefined;
  readonly #maximumViolations: number;
  readonly #nameRow: (row: number) => string;
  /** The last row in which a place was read. */
  readonly #readIn: Int32Array;

  constructor(
    signature: Signature,
    rowCount: number,
    { maximumViolations, labelKey, nameRow = nameInstance }: ReaderOptions,
  ) {
    this.signature = signature;
    this.columns = createColumns(signature, rowCount);
    this.labelKey = labelKey;
    this.#maximumViolations = maximumViolations;
    this.#nameRow = nameRow;
    this.#readIn = new Int32Array(signature.inputs.length).fill(-1);
    if (labelKey !== undefined && (signature.places.get(labelKey) ?? IGNORED) !== IGNORED)
      this.fault(
        'label_key',
        `is ${JSON.stringify(labelKey)}, which the model computes with; expected a column that it does not take`,
      );
  }

  /** Reads one instance into row `row`. */
  read(instance: Instance, row: number): void {
    for (const [name, value] of Object.entries(instance)) {
      const place = this.signature.places.get(name);
      if (place === undefined) this.unknown(name, row);
      else if (place !== IGNORED) this.value(place, row, value);
    }
    this.endRow(row);
  }

  /** A column of this name came in row `row`, and is none of the signature's. */
  unknown(name: string, row: number): void {
    if (name === this.labelKey) return;
    const names = this.violations.length < this.#maximumViolations ? this.signature.names : [];
    this.faultOf(row, name, `is not a column of the model${whatInstead(name, names)}`);
  }

  /** A value of any type. */
  value(place: number, row: number, value: unknown): void {
    if (typeof value === 'number') this.number(place, row, value);
    else if (typeof value === 'string') this.text(place, row, value);
    else if (value === null || value === undefined) this.missing(place, row, value);
    else this.#other(place, row, value);
  }

  number(place: number, row: number, value: number): void {
    const input = this.signature.inputs[place];
    if (input.kind === 'category') return this.#other(place, row, value);
    this.#readIn[place] = row;
    const { min, max, integer } = input;
    // Compared as they came, in double precision: a bound is met by exactly the bound. The model computes in float32, where
    // a larger number would be infinite.
    if (
      (min === null || value >= min) &&
      (max === null || value <= max) &&
      Number.isFinite(Math.fround(value)) &&
      (!integer || Number.isInteger(value))
    )
      this.columns.numbers[row * this.signature.numberCount + this.signature.slots[place]] = value;
    else this.#unfit(place, row, value);
  }

  text(place: number, row: number, value: string): void {
    const codes = this.signature.levelCodes[place];
    if (codes === null) return this.#other(place, row, value);
    if (value === '') return this.missing(place, row, value);
    this.code(place, row, codes.get(value) ?? -this.columns.texts.push(value));
  }

  /** A category by its code in Columns. */
  code(place: number, row: number, code: number): void {
    this.#readIn[place] = row;
    this.columns.codes[row * this.signature.categoryCount + this.signature.slots[place]] = code;
  }

  /** @param value how the missing value was written: null, undefined or an empty text */
  missing(place: number, row: number, value: unknown): void {
    const input = this.signature.inputs[place];
    this.#readIn[place] = row;
    if (input.missing === 'reject')
      this.faultOf(
        row,
        input.name,
        `expected ${expectation(input)}, got ${describeValue(value)}; the column may not be missing`,
      );
  }

  /** To be called when all values of a row were read: the columns that did not come are missing. */
  endRow(row: number): void {
    const { inputs } = this.signature;
    for (let place = 0; place < inputs.length; place++)
      if (this.#readIn[place] !== row && inputs[place].missing === 'reject')
        this.faultOf(row, inputs[place].name, `is missing; expected ${expectation(inputs[place])}`);
  }

  /** Whether the place has a value in this row already. */
  hasRead(place: number, row: number): boolean {
    return this.#readIn[place] === row;
  }

  /** A fault of one column of one row. */
  faultOf(row: number, name: string, description: string): void {
    this.fault(`${this.#nameRow(row)}.${name}`, description);
  }

  /** A fault at any other place than a row's column. */
  fault(field: string, description: string): void {
    this.violationCount++;
    if (this.violations.length < this.#maximumViolations) this.violations.push({ field, description });
  }

  /** What is no text where text is expected, and no number where a number is. */
  #other(place: number, row: number, value: unknown): void {
    const code =
      typeof value === 'number' || typeof value === 'boolean'
        ? this.signature.levelCodes[place]?.get(String(value))
        : undefined;
    if (code !== undefined) return this.code(place, row, code);
    this.#readIn[place] = row;
    this.#unfit(place, row, value);
  }

  #unfit(place: number, row: number, value: unknown): void {
    const input = this.signature.inputs[place];
    const hint =
      input.kind === 'number' &&
      typeof value === 'string' &&
      value.trim() !== '' &&
      Number.isFinite(Number(value))
        ? '; send it without quotes'
        : '';
    this.faultOf(row, input.name, `expected ${expectation(input)}, got ${describeValue(value)}${hint}`);
  }
}

/** Behind the fault of a name that is none: the one that was meant, or that there is none such. */
export function whatInstead(name: string, names: readonly string[]): string {
  const meant = suggest(name, names);
  return meant === undefined ? '; leave it out' : ` (did you mean ${JSON.stringify(meant)}?)`;
}

/** What a column takes, in words. */
export function expectation(input: SignatureInput): string {
  if (input.kind === 'category') {
    const shown = input.levels.slice(0, 10).map(level => JSON.stringify(level));
    const more =
      input.levels.length > shown.length ? ` or one of ${input.levels.length - shown.length} more` : '';
    return shown.length === 0 ? 'text' : `text such as ${shown.join(', ')}${more}`;
  }
  const { min, max, integer } = input;
  const noun = integer ? 'a whole number' : 'a number';
  if (min !== null && max !== null) return `${noun} from ${min} to ${max}`;
  if (min !== null) return `${noun} of at least ${min}`;
  return max === null ? noun : `${noun} of at most ${max}`;
}

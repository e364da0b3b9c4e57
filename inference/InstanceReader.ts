import type { SignatureInput } from '../ml/onnx/ModelMetadata.ts';
import type { FieldViolation } from '../platform/HoldfastError.ts';
import { didYouMean } from '../platform/suggest.ts';
import type { Columns } from './Columns.ts';
import { describeValue } from './describeValue.ts';
import { IGNORED, type Signature } from './Signature.ts';

// Reads rows of JSON values into columns, and names every fault by row and column. The rules, which are strict so that a
// wrong value is never scored as a right one:
// - number: a JSON number within the column's range, whole where the column is. Text is refused, also "29.85".
// - category: text. A number or boolean is taken where its JSON text is one of the levels, for tables that write 0 and 1.
// - null, or "" for a category, or nothing at all: a missing value, where the column may miss one.
// - the id and the label (also under the name that the request gives it) may be there and are not looked at; any other name
//   is refused.
// A level that training did not meet is scored and counted, not refused.

export type Instance = Readonly<Record<string, unknown>>;

export class InstanceReader {
  readonly columns: Columns;
  /** The first of the faults; `violationCount` counts them all. */
  readonly violations: FieldViolation[] = [];
  violationCount = 0;
  /** Place of a category → how many unseen levels were read, and one of them. */
  readonly unseen = new Map<number, { count: number; example: string }>();
  readonly #signature: Signature;
  readonly #maximumViolations: number;
  readonly #labelKey: string | undefined;
  /** The last row in which a place was read. */
  readonly #readIn: Int32Array;

  /** @param labelKey a name besides the signature's that is passed over */
  constructor(signature: Signature, rowCount: number, maximumViolations: number, labelKey?: string) {
    this.#signature = signature;
    this.#maximumViolations = maximumViolations;
    this.#labelKey = labelKey;
    this.#readIn = new Int32Array(signature.inputs.length).fill(-1);
    const values = signature.inputs.map(input =>
      input.kind === 'number'
        ? new Float32Array(rowCount).fill(Number.NaN)
        : Array.from<string>({ length: rowCount }).fill(''),
    );
    this.columns = { rowCount, values };
  }

  /** Reads one instance into row `row`. */
  read(instance: Instance, row: number): void {
    const { places, inputs } = this.#signature;
    let read = 0;
    for (const name of Object.keys(instance)) {
      const place = places.get(name);
      if (place === IGNORED) continue;
      if (place === undefined) {
        if (name === this.#labelKey) continue;
        this.#unknown(name, row);
        continue;
      }
      this.#readIn[place] = row;
      read++;
      this.#readValue(place, inputs[place], instance[name], row);
    }
    if (read === inputs.length) return;
    for (const [place, input] of inputs.entries())
      if (this.#readIn[place] !== row && input.missing === 'reject')
        this.#fault(row, input.name, `is missing; expected ${expectation(input)}`);
  }

  #readValue(place: number, input: SignatureInput, value: unknown, row: number): void {
    if (value === null || value === undefined || (value === '' && input.kind === 'category')) {
      if (input.missing === 'reject')
        this.#fault(
          row,
          input.name,
          `expected ${expectation(input)}, got ${describeValue(value)}; the column may not be missing`,
        );
      return;
    }
    const column = this.columns.values[place];
    if (input.kind === 'number') {
      const problem = numberProblem(input, value);
      if (problem !== null) this.#fault(row, input.name, problem);
      else if (typeof value === 'number') column[row] = value;
      return;
    }
    const levels = this.#signature.levels[place];
    if (typeof value === 'string') {
      column[row] = value;
      if (levels?.has(value) !== true) this.#countUnseen(place, value);
    } else if (
      (typeof value === 'number' || typeof value === 'boolean') &&
      levels?.has(String(value)) === true
    )
      column[row] = String(value);
    else this.#fault(row, input.name, `expected ${expectation(input)}, got ${describeValue(value)}`);
  }

  #countUnseen(place: number, value: string): void {
    const known = this.unseen.get(place);
    if (known === undefined) this.unseen.set(place, { count: 1, example: value });
    else known.count++;
  }

  #unknown(name: string, row: number): void {
    const hint =
      this.violations.length < this.#maximumViolations ? didYouMean(name, this.#signature.names) : '';
    this.#fault(row, name, `is not a column of the model.${hint}`);
  }

  #fault(row: number, name: string, description: string): void {
    this.violationCount++;
    if (this.violations.length < this.#maximumViolations)
      this.violations.push({ field: `instances[${row}].${name}`, description });
  }
}

/** What is wrong with a value of a number column, or null. */
function numberProblem(input: SignatureInput & { kind: 'number' }, value: unknown): string | null {
  if (typeof value !== 'number') {
    const hint =
      typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value))
        ? '; send it without quotes'
        : '';
    return `expected ${expectation(input)}, got ${describeValue(value)}${hint}`;
  }
  const { min, max, integer } = input;
  // Compared as they came, in double precision: a bound is met by exactly the bound.
  const inRange = (min === null || value >= min) && (max === null || value <= max);
  // The model computes in float32, where a larger number would be infinite.
  const finite = Number.isFinite(Math.fround(value));
  if (inRange && finite && (!integer || Number.isInteger(value))) return null;
  return `expected ${expectation(input)}, got ${describeValue(value)}`;
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

import { HoldfastError } from '../platform/HoldfastError.ts';
import { nameInstance } from './InstanceReader.ts';
import { type WireColumns, decodeColumns } from './wire/decodeColumns.ts';
import { BYTES, VARINT, WireReader } from './wire/WireReader.ts';

// A PredictRequest as far as it can be read without knowing the model: its outermost fields. The instances stay bytes until the
// model's signature says what their names mean.

export interface PredictCall {
  /** Empty means the installation's default model. */
  readonly model: string;
  /** Empty means production. */
  readonly version: string;
  readonly returnProba: boolean;
  readonly labelKey: string | undefined;
  /** Of at most MAXIMUM_EXPLAINED rows. */
  readonly explain: boolean;
  readonly rowCount: number;
  /** What a fault calls a row. */
  readonly nameRow: (row: number) => string;
  readonly rows:
    | {
        readonly kind: 'instances';
        readonly bytes: Buffer /** Where each begins and ends. */;
        readonly bounds: Int32Array;
      }
    | { readonly kind: 'columns'; readonly columns: WireColumns['columns'] };
}

export const MAXIMUM_INSTANCES = 10_000;
export const MAXIMUM_EXPLAINED = 100;

const MODEL = (1 << 3) | BYTES;
const VERSION = (2 << 3) | BYTES;
const INSTANCES = (3 << 3) | BYTES;
const RETURN_PROBA = (4 << 3) | VARINT;
const LABEL_KEY = (5 << 3) | BYTES;
const COLUMNS = (6 << 3) | BYTES;
const EXPLAIN = (7 << 3) | VARINT;

/**
 * @throws HoldfastError invalidArgument where there are no rows, too many, or both forms of them; WireError where the bytes
 * are no such message
 */
export const decodePredictCall = (bytes: Buffer): PredictCall => decodeCall(bytes, MAXIMUM_INSTANCES);

/** An ExplainRequest, whose fields are the same. Each row costs as much as many of Predict's. */
export const decodeExplainCall = (bytes: Buffer): PredictCall => decodeCall(bytes, MAXIMUM_EXPLAINED);

function decodeCall(bytes: Buffer, maximum: number): PredictCall {
  const wire = new WireReader(bytes);
  let model = '';
  let version = '';
  let returnProba = true;
  let labelKey: string | undefined;
  let explain = false;
  let columns: WireColumns | null = null;
  let bounds = new Int32Array(2);
  let count = 0;
  while (wire.more) {
    const tag = wire.uint32();
    if (tag === INSTANCES) {
      // Counted before anything is kept of them: two bytes are an instance, and a message may have millions.
      if (2 * count === bounds.length && count < maximum) bounds = doubled(bounds);
      const end = wire.length();
      if (count < maximum) {
        bounds[2 * count] = wire.position;
        bounds[2 * count + 1] = end;
      }
      count++;
      wire.position = end;
    } else if (tag === MODEL) model = wire.string();
    else if (tag === VERSION) version = wire.string();
    else if (tag === RETURN_PROBA) returnProba = wire.bool();
    else if (tag === LABEL_KEY) labelKey = wire.string();
    else if (tag === EXPLAIN) explain = wire.bool();
    else if (tag === COLUMNS) {
      if (columns !== null) throw bothForms('columns are given twice');
      const { end } = wire;
      wire.end = wire.length();
      columns = decodeColumns(wire, maximum);
      wire.end = end;
    } else wire.skip(tag);
  }
  if (columns !== null && count > 0) throw bothForms('instances and columns are given');
  const rowCount = columns?.rowCount ?? count;
  if (rowCount === 0 || rowCount > maximum) throw wrongCount(rowCount, maximum);
  if (explain && rowCount > MAXIMUM_EXPLAINED) throw tooManyExplained(rowCount);
  const rows =
    columns === null
      ? { kind: 'instances' as const, bytes, bounds }
      : { kind: 'columns' as const, columns: columns.columns };
  return { model, version, returnProba, labelKey, explain, rowCount, nameRow: nameInstance, rows };
}

function doubled(bounds: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(2 * bounds.length);
  larger.set(bounds);
  return larger;
}

const wrongCount = (count: number, maximum: number): HoldfastError =>
  new HoldfastError(
    'invalidArgument',
    `The request holds ${count === 0 ? 'no instance' : `${count} instances`}; expected 1 to ${maximum}.${count === 0 ? '' : ' Split it into several requests.'}`,
    {
      violations: [{ field: 'instances', description: `expected 1 to ${maximum} instances, got ${count}` }],
    },
  );

const tooManyExplained = (count: number): HoldfastError =>
  new HoldfastError(
    'invalidArgument',
    `The request asks for explanations of ${count} instances; expected 1 to ${MAXIMUM_EXPLAINED} of them. Leave "explain" out, or split it into several requests.`,
    {
      violations: [
        {
          field: 'explain',
          description: `expected 1 to ${MAXIMUM_EXPLAINED} instances where it is set, got ${count}`,
        },
      ],
    },
  );

const bothForms = (what: string): HoldfastError =>
  new HoldfastError(
    'invalidArgument',
    `The request is ambiguous: ${what}; expected its customers once, as instances or as columns.`,
    { violations: [{ field: 'columns', description: what }] },
  );

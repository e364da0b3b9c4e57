import type { RequestForm } from './requestBodies.ts';
import type { ServedTrainer } from './servedModel.ts';
import type { Server } from './startSide.ts';

/** Calls that go on at once. */
export interface CaseLoad {
  readonly form: RequestForm;
  /** Of each call. */
  readonly rows: number;
  readonly inFlight: number;
}

export interface CaseSide {
  readonly side: string;
  /** Null: onnxruntime-node without a server. */
  readonly server: Server | null;
  /** Default: the case's. */
  readonly load?: CaseLoad;
  /** A load that goes on meanwhile, by a generator of its own. */
  readonly beside?: CaseLoad;
  /** Whose model is served; default as the command says. */
  readonly trainer?: ServedTrainer;
  /** Whether another version is promoted meanwhile, again and again. */
  readonly swapped?: boolean;
  /** Left out, with the reason told, where it cannot be started. */
  readonly optional?: boolean;
}

export interface ServingCase {
  readonly name: string;
  readonly load: CaseLoad;
  /** Loaded in turn; the first is what the others are held against. Two of the same server are loads of one. */
  readonly sides: readonly CaseSide[];
  /** Of each server; default as the command says. */
  readonly processes?: number;
}

const echo: CaseSide = { side: 'echo', server: 'echo' };
const onnx: CaseSide = { side: 'onnx', server: 'onnx' };
const holdfast: CaseSide = { side: 'holdfast', server: 'holdfast' };
const runtime: CaseSide = { side: 'runtime', server: null };

const one = (inFlight: number): ServingCase => ({
  name: `1 row, ${inFlight} in flight`,
  load: { form: 'instances', rows: 1, inFlight },
  sides: [echo, onnx, holdfast],
});
const many = (form: RequestForm, sides: readonly CaseSide[]): ServingCase => ({
  name: `1,000 rows as ${form}, 4 in flight`,
  load: { form, rows: 1000, inFlight: 4 },
  sides,
});

export const servingCases: readonly ServingCase[] = [
  one(1),
  one(16),
  one(64),
  many('instances', [echo, onnx, holdfast]),
  // The generated decoder knows columns too, but nobody's afternoon would have them.
  many('columns', [echo, holdfast]),
  {
    name: '1 row, 16 in flight, beside bulk',
    load: { form: 'instances', rows: 1, inFlight: 16 },
    sides: [
      holdfast,
      { ...holdfast, side: 'beside Predict', beside: { form: 'columns', rows: 1000, inFlight: 4 } },
      { ...holdfast, side: 'beside PredictStream', beside: { form: 'stream', rows: 1000, inFlight: 4 } },
      echo,
    ],
  },
  {
    // The runtime runs in one thread: so does the server.
    name: 'ModelInfer of 1,000 rows, 2 in flight',
    load: { form: 'tensors', rows: 1000, inFlight: 2 },
    sides: [runtime, holdfast],
    processes: 1,
  },
  {
    name: '1 row, 64 in flight, beside Triton',
    load: { form: 'tensors', rows: 1, inFlight: 64 },
    sides: [
      { ...holdfast, side: 'Predict', load: { form: 'instances', rows: 1, inFlight: 64 } },
      { ...holdfast, side: 'ModelInfer' },
      { side: 'triton', server: 'triton', optional: true },
    ],
  },
  {
    name: 'Explain of 1 customer, 1 in flight',
    load: { form: 'explain', rows: 1, inFlight: 1 },
    sides: [
      { ...echo, load: { form: 'instances', rows: 1, inFlight: 1 } },
      { ...holdfast, side: 'logisticRegression', trainer: 'logisticRegression' },
      { ...holdfast, side: 'gradientBoosting', trainer: 'gradientBoosting' },
      { ...holdfast, side: 'blend', trainer: 'blend' },
    ],
  },
  {
    name: '1 row, 16 in flight, hot swaps',
    load: { form: 'instances', rows: 1, inFlight: 16 },
    sides: [holdfast, { ...holdfast, side: 'while swapped', swapped: true }],
  },
];

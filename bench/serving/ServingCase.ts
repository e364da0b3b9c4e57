import type { RequestForm } from './requestBodies.ts';
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
  /** A load that goes on meanwhile, by a generator of its own. */
  readonly beside?: CaseLoad;
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
];

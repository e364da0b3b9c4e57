import type { RequestForm } from './requestBodies.ts';
import type { Side } from './startSide.ts';

/** A server, or onnxruntime-node without one. */
export type Measurable = Side | 'runtime';

export interface ServingCase {
  readonly name: string;
  readonly form: RequestForm;
  readonly rows: number;
  readonly inFlight: number;
  /** In turn; the first is what the others are held against. */
  readonly sides: readonly Measurable[];
  /** Of each server; default as the command says. */
  readonly processes?: number;
  /** A load that goes on meanwhile, by a generator of its own. */
  readonly beside?: Pick<ServingCase, 'form' | 'rows' | 'inFlight'>;
}

const one = (inFlight: number): ServingCase => ({
  name: `1 row, ${inFlight} in flight`,
  form: 'instances',
  rows: 1,
  inFlight,
  sides: ['echo', 'onnx', 'holdfast'],
});
const many = (form: RequestForm, sides: readonly Side[]): ServingCase => ({
  name: `1,000 rows as ${form}, 4 in flight`,
  form,
  rows: 1000,
  inFlight: 4,
  sides,
});

export const servingCases: readonly ServingCase[] = [
  one(1),
  one(16),
  one(64),
  many('instances', ['echo', 'onnx', 'holdfast']),
  // The generated decoder knows columns too, but nobody's afternoon would have them.
  many('columns', ['echo', 'holdfast']),
  {
    name: '1 row, 16 in flight, beside bulk',
    form: 'instances',
    rows: 1,
    inFlight: 16,
    sides: ['holdfast'],
    beside: { form: 'columns', rows: 1000, inFlight: 4 },
  },
  {
    // The runtime runs in one thread: so does the server.
    name: 'ModelInfer of 1,000 rows, 2 in flight',
    form: 'tensors',
    rows: 1000,
    inFlight: 2,
    sides: ['runtime', 'holdfast'],
    processes: 1,
  },
];

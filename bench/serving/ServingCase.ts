import type { RequestForm } from './requestBodies.ts';

export interface ServingCase {
  readonly name: string;
  readonly form: RequestForm;
  readonly rows: number;
  readonly inFlight: number;
}

const one = (inFlight: number): ServingCase => ({
  name: `1 row, ${inFlight} in flight`,
  form: 'instances',
  rows: 1,
  inFlight,
});
const many = (form: RequestForm): ServingCase => ({
  name: `1,000 rows as ${form}, 4 in flight`,
  form,
  rows: 1000,
  inFlight: 4,
});

export const servingCases: readonly ServingCase[] = [
  one(1),
  one(16),
  one(64),
  many('instances'),
  many('columns'),
];

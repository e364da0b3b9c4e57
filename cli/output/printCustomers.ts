import type { Customer } from '../../proto/gen/holdfast/v1/outcome.ts';
import { formatMetric, formatTime } from './format.ts';
import { printTable } from './printTable.ts';

const armOf = ({ experiment, arm }: Pick<Customer, 'experiment' | 'arm'>): string =>
  arm === '' ? '-' : `${experiment}/${arm}`;

/** Customers, a line each. */
export function printCustomers(stdout: NodeJS.WriteStream, customers: readonly Customer[]): void {
  printTable(
    stdout,
    [
      { title: 'MODEL' },
      { title: 'CUSTOMER' },
      { title: 'SUBMITTED' },
      { title: 'VERSION', align: 'right' },
      { title: 'PROBABILITY', align: 'right' },
      { title: 'LABEL' },
      { title: 'ARM' },
      { title: 'OUTCOME' },
      { title: 'SEEN' },
    ],
    customers.map(customer => [
      customer.model,
      customer.unitKey,
      formatTime(customer.submitTime),
      customer.modelVersion,
      formatMetric(customer.probability),
      customer.label,
      armOf(customer),
      customer.outcome || '-',
      formatTime(customer.outcomeTime),
    ]),
  );
}

/** One customer: the columns that it was submitted with last, every prediction, and every report of its outcome. */
export function printCustomer(stdout: NodeJS.WriteStream, customer: Customer): void {
  const { unitKey, model, outcome, outcomeTime, submissions, predictions, outcomes } = customer;
  const became = outcome === '' ? 'outcome not known yet' : `${outcome}, seen ${formatTime(outcomeTime)}`;
  stdout.write(`${unitKey} of ${model}: ${became}\n`);
  const [newest] = submissions;
  if (newest !== undefined) {
    stdout.write(`\nSubmitted ${formatTime(newest.time)}:\n`);
    for (const [column, value] of Object.entries(newest.features ?? {}))
      stdout.write(`  ${column.padEnd(20)} ${value === null ? '-' : String(value)}\n`);
  }
  if (predictions.length > 0) {
    stdout.write('\n');
    printTable(
      stdout,
      [
        { title: 'PREDICTED' },
        { title: 'VERSION', align: 'right' },
        { title: 'PROBABILITY', align: 'right' },
        { title: 'LABEL' },
        { title: 'KIND' },
        { title: 'ARM' },
        { title: 'PREDICTION' },
      ],
      predictions.map(each => [
        formatTime(each.time),
        each.modelVersion,
        formatMetric(each.probability),
        each.label,
        each.kind,
        armOf(each),
        each.predictionId,
      ]),
    );
  }
  if (outcomes.length === 0) return;
  stdout.write('\n');
  printTable(
    stdout,
    [{ title: 'RECORDED' }, { title: 'OUTCOME' }, { title: 'SEEN' }, { title: 'BY' }, { title: 'OF' }],
    outcomes.map(each => [
      formatTime(each.recordTime),
      each.outcome,
      formatTime(each.observedTime),
      each.actor,
      each.predictionId === '' ? 'the customer' : `prediction ${each.predictionId}`,
    ]),
  );
}

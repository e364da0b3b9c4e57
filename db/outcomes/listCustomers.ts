import type { ListQuery } from '../../platform/listing/readListQuery.ts';
import type { Database } from '../Database.ts';
import { type Page, readPage } from '../listing/readPage.ts';
import type { CustomerSummary } from './Customer.ts';
import { customerList } from './customerList.ts';

interface Row {
  readonly model: string;
  readonly unit_key: string;
  readonly submission_count: number;
  readonly submit_time: Date | string;
  readonly model_version: number;
  readonly probability: number;
  readonly label: string;
  readonly experiment: string | null;
  readonly arm: string | null;
  readonly outcome: string | null;
  readonly outcome_time: Date | string | null;
}

/** A page of customers. */
export const listCustomers = (
  database: Database,
  query: Pick<ListQuery, 'limit' | 'filter' | 'order' | 'after' | 'tokenAfter'>,
): Promise<Page<CustomerSummary>> =>
  database.read(async manager => {
    const { items, nextPageToken } = await readPage<Row>(manager, customerList, query);
    return { items: items.map(toSummary), nextPageToken };
  });

const toSummary = (row: Row): CustomerSummary => ({
  model: row.model,
  unitKey: row.unit_key,
  submissionCount: row.submission_count,
  submitTime: new Date(row.submit_time),
  modelVersion: row.model_version,
  probability: row.probability,
  label: row.label,
  experiment: row.experiment,
  arm: row.arm,
  outcome: row.outcome,
  outcomeTime: row.outcome_time === null ? null : new Date(row.outcome_time),
});

import { customerList } from '../../db/outcomes/customerList.ts';
import { listCustomers as readCustomers } from '../../db/outcomes/listCustomers.ts';
import { readListQuery } from '../../platform/listing/readListQuery.ts';
import type { ListCustomersRequest, ListCustomersResponse } from '../../proto/gen/holdfast/v1/outcome.ts';
import type { ControlPorts } from '../ControlPorts.ts';
import { encodeCustomer } from './encodeCustomer.ts';

/** Customers of one model or of all. @throws HoldfastError invalidArgument (page, filter, order) */
export async function listCustomers(
  { database }: Pick<ControlPorts, 'database'>,
  request: ListCustomersRequest,
): Promise<ListCustomersResponse> {
  const query = readListQuery(customerList, request, { model: request.model || undefined });
  const { items, nextPageToken } = await readCustomers(database, query);
  return { customers: items.map(encodeCustomer), nextPageToken };
}

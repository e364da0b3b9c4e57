import type { CustomerSummary } from '../../db/outcomes/Customer.ts';
import { Customer } from '../../proto/gen/holdfast/v1/outcome.ts';

/** A customer as the message of the API, as a list has it. */
export const encodeCustomer = ({
  experiment,
  arm,
  outcome,
  outcomeTime,
  ...summary
}: CustomerSummary): Customer =>
  Customer.fromPartial({
    ...summary,
    experiment: experiment ?? '',
    arm: arm ?? '',
    outcome: outcome ?? '',
    outcomeTime: outcomeTime ?? undefined,
  });

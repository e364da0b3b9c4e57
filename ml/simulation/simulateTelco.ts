import { createRandom } from '../random/createRandom.ts';
import { deriveSeed } from '../random/deriveSeed.ts';
import { churnProbability } from './churnProbability.ts';
import { customerId } from './customerId.ts';
import type { DriftKind } from './DriftKind.ts';
import { drawCustomer } from './drawCustomer.ts';
import type { TelcoCustomer, TelcoRow } from './TelcoRow.ts';
import { driftedPopulation, referencePopulation } from './telcoPopulation.ts';

// Our own table in the shape of Telco's, so that a fresh clone has data, and tests know the truth behind it. Each row is
// drawn from its own seed: the rows do not depend on how many there are, where one starts, or what was drawn before.

interface SimulateTelcoOptions {
  readonly rows: number;
  readonly seed: number;
  readonly drift?: DriftKind;
  /** Number of the first row; rows 0 to 99 and rows 100 to 199 of one seed are different customers of one population. */
  readonly startRow?: number;
}

/** With `prior` drift this share of the customers leaves; it is about .265 otherwise. */
export const DRIFTED_CHURN_RATE = 0.42;
/** With `missing` drift this share of TotalCharges is blank. */
export const DRIFTED_BLANK_SHARE = 0.2;

/**
 * Draws customers with their outcomes, one at a time, so that a million of them need no memory.
 * @throws RangeError where a count is not a whole number from 0
 */
export function* simulateTelco({
  rows,
  seed,
  drift = 'none',
  startRow = 0,
}: SimulateTelcoOptions): Generator<TelcoRow, void, undefined> {
  for (const [name, value] of Object.entries({ rows, seed, startRow }))
    if (!Number.isSafeInteger(value) || value < 0)
      throw new RangeError(`${name} is ${value}; expected a whole number from 0`);
  for (let row = startRow; row < startRow + rows; row++) {
    const { customer, churned } =
      drift === 'prior' ? drawWithPrior(seed, row) : drawWithOutcome(seed, row, drift);
    const isBlank =
      drift === 'missing' && createRandom(deriveSeed(seed, 'blank', row)).next() < DRIFTED_BLANK_SHARE;
    yield {
      customerID: customerId(seed, row),
      ...customer,
      TotalCharges: isBlank ? null : customer.TotalCharges,
      Churn: churned ? 'Yes' : 'No',
    };
  }
}

interface Draw {
  readonly customer: TelcoCustomer;
  readonly churned: boolean;
}

/** The outcome has its own stream: drift of the customers does not change their luck, nor the other way round. */
function drawWithOutcome(seed: number, row: number, drift: DriftKind): Draw {
  const population = drift === 'covariate' ? driftedPopulation : referencePopulation;
  const customer = drawCustomer(createRandom(deriveSeed(seed, 'customer', row)), population);
  const luck = createRandom(deriveSeed(seed, 'outcome', row)).next();
  return { customer, churned: luck < churnProbability(customer, drift) };
}

/** Decides the outcome first and draws until a customer has it, so that leavers and stayers are distributed as ever. */
function drawWithPrior(seed: number, row: number): Draw {
  const random = createRandom(deriveSeed(seed, 'prior', row));
  const churned = random.next() < DRIFTED_CHURN_RATE;
  for (;;) {
    const customer = drawCustomer(random, referencePopulation);
    if (random.next() < churnProbability(customer) === churned) return { customer, churned };
  }
}

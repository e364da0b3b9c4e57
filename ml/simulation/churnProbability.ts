import { sigmoid } from '../trainers/sigmoid.ts';
import type { DriftKind } from './DriftKind.ts';
import type { TelcoCustomer } from './TelcoRow.ts';

// Why simulated customers leave: the truth that a model tries to find, and so the best that any model can reach on the
// simulated table. Effects are log-odds.

interface Effects {
  readonly intercept: number;
  /** A unit of log(1 + months). */
  readonly logTenure: number;
  readonly oneYear: number;
  readonly twoYears: number;
  readonly fibre: number;
  readonly noInternet: number;
  /** A new customer (less than a year) on fibre. */
  readonly newOnFibre: number;
  readonly noPhone: number;
  readonly secondLine: number;
  readonly security: number;
  readonly backup: number;
  readonly support: number;
  /** Each streaming option. */
  readonly streaming: number;
  readonly paperless: number;
  readonly electronicCheck: number;
  readonly senior: number;
  readonly dependents: number;
  /** Ten dollars a month above 65. */
  readonly tenDollars: number;
}

const reference: Effects = {
  intercept: 0.29,
  logTenure: -0.65,
  oneYear: -0.65,
  twoYears: -1.4,
  fibre: 0.68,
  noInternet: -0.6,
  newOnFibre: 0.25,
  noPhone: 0.4,
  secondLine: 0.22,
  security: -0.38,
  backup: -0.2,
  support: -0.35,
  streaming: 0.15,
  paperless: 0.38,
  electronicCheck: 0.4,
  senior: 0.42,
  dependents: -0.2,
  tenDollars: 0.06,
};

/** A rival sells cheap contracts to those who have been long on dear ones; fibre has been repaired. */
const changed: Effects = {
  intercept: -1.19,
  logTenure: -0.1,
  oneYear: 0.15,
  twoYears: -0.3,
  fibre: -0.35,
  noInternet: -0.4,
  newOnFibre: -0.2,
  noPhone: 0,
  secondLine: 0.45,
  security: -0.1,
  backup: 0.25,
  support: -0.9,
  streaming: 0.55,
  paperless: 0.1,
  electronicCheck: -0.1,
  senior: 0.7,
  dependents: -0.7,
  tenDollars: 0.3,
};

const when = (condition: boolean, effect: number): number => (condition ? effect : 0);

/** The known probability that a simulated customer leaves; only `concept` drift changes it. */
export function churnProbability(customer: TelcoCustomer, drift: DriftKind = 'none'): number {
  const effects = drift === 'concept' ? changed : reference;
  const isFibre = customer.InternetService === 'Fiber optic';
  return sigmoid(
    effects.intercept +
      effects.logTenure * Math.log1p(customer.tenure) +
      when(customer.Contract === 'One year', effects.oneYear) +
      when(customer.Contract === 'Two year', effects.twoYears) +
      when(isFibre, effects.fibre) +
      when(customer.InternetService === 'No', effects.noInternet) +
      when(isFibre && customer.tenure < 12, effects.newOnFibre) +
      when(customer.PhoneService === 'No', effects.noPhone) +
      when(customer.MultipleLines === 'Yes', effects.secondLine) +
      when(customer.OnlineSecurity === 'Yes', effects.security) +
      when(customer.OnlineBackup === 'Yes', effects.backup) +
      when(customer.TechSupport === 'Yes', effects.support) +
      when(customer.StreamingTV === 'Yes', effects.streaming) +
      when(customer.StreamingMovies === 'Yes', effects.streaming) +
      when(customer.PaperlessBilling === 'Yes', effects.paperless) +
      when(customer.PaymentMethod === 'Electronic check', effects.electronicCheck) +
      when(customer.SeniorCitizen === 1, effects.senior) +
      when(customer.Dependents === 'Yes', effects.dependents) +
      (effects.tenDollars * (customer.MonthlyCharges - 65)) / 10,
  );
}

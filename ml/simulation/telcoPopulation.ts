import type { TelcoCustomer } from './TelcoRow.ts';

// Who the simulated customers are, as numbers that were chosen by hand to resemble the published shares of the Telco table.
// A drifted population is another record of this shape.

type Shares<T extends string> = readonly (readonly [T, number])[];

export interface TelcoPopulation {
  readonly seniorShare: number;
  /** Months: first and last of a band, and its share; uniform within. */
  readonly tenureBands: readonly (readonly [number, number, number])[];
  /** Added to the logits of a one- and a two-year contract against month-to-month. */
  readonly contractShift: number;
  readonly internetByContract: Readonly<
    Record<TelcoCustomer['Contract'], Shares<TelcoCustomer['InternetService']>>
  >;
  /** Factor on each price. */
  readonly priceLevel: number;
  readonly paperlessByInternet: Readonly<Record<TelcoCustomer['InternetService'], number>>;
}

export const referencePopulation: TelcoPopulation = {
  seniorShare: 0.16,
  tenureBands: [
    [0, 0, 0.002],
    [1, 1, 0.085],
    [2, 2, 0.035],
    [3, 11, 0.17],
    [12, 23, 0.15],
    [24, 35, 0.125],
    [36, 47, 0.107],
    [48, 59, 0.116],
    [60, 71, 0.16],
    [72, 72, 0.05],
  ],
  contractShift: 0,
  internetByContract: {
    'Month-to-month': [
      ['DSL', 0.33],
      ['Fiber optic', 0.53],
      ['No', 0.14],
    ],
    'One year': [
      ['DSL', 0.39],
      ['Fiber optic', 0.36],
      ['No', 0.25],
    ],
    'Two year': [
      ['DSL', 0.37],
      ['Fiber optic', 0.25],
      ['No', 0.38],
    ],
  },
  priceLevel: 1,
  paperlessByInternet: { DSL: 0.56, 'Fiber optic': 0.77, No: 0.31 },
};

/** A campaign has brought in new customers on fibre without a long contract, and prices have risen. */
export const driftedPopulation: TelcoPopulation = {
  seniorShare: 0.24,
  tenureBands: [
    [0, 0, 0.006],
    [1, 1, 0.13],
    [2, 2, 0.06],
    [3, 11, 0.25],
    [12, 23, 0.17],
    [24, 35, 0.11],
    [36, 47, 0.08],
    [48, 59, 0.075],
    [60, 71, 0.09],
    [72, 72, 0.029],
  ],
  contractShift: -0.6,
  internetByContract: {
    'Month-to-month': [
      ['DSL', 0.2],
      ['Fiber optic', 0.71],
      ['No', 0.09],
    ],
    'One year': [
      ['DSL', 0.29],
      ['Fiber optic', 0.54],
      ['No', 0.17],
    ],
    'Two year': [
      ['DSL', 0.32],
      ['Fiber optic', 0.4],
      ['No', 0.28],
    ],
  },
  priceLevel: 1.12,
  paperlessByInternet: { DSL: 0.66, 'Fiber optic': 0.85, No: 0.4 },
};

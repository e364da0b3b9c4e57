import type { Random } from '../random/createRandom.ts';
import { sigmoid } from '../trainers/sigmoid.ts';
import type { Option, TelcoCustomer, YesNo } from './TelcoRow.ts';
import type { TelcoPopulation } from './telcoPopulation.ts';

// One customer, drawn along a chain of causes: tenure → contract → internet → options and payment → charges. Columns that
// depend on one another agree by construction ("No internet service" wherever there is none).

const OPTIONS = {
  // Logit: base + tenure (a month) + contract (a year) + fibre.
  OnlineSecurity: [-1.4, 0.024, 0.55, -0.65],
  OnlineBackup: [-1.3, 0.027, 0.3, 0.05],
  DeviceProtection: [-1.65, 0.025, 0.62, 0.4],
  TechSupport: [-1.45, 0.022, 0.82, -0.6],
  StreamingTV: [-1.55, 0.018, 0.4, 1.15],
  StreamingMovies: [-1.5, 0.018, 0.4, 1.12],
} as const satisfies Partial<Record<keyof TelcoCustomer, readonly [number, number, number, number]>>;

/** Dollars a month. */
const PRICES = { phone: 20, secondLine: 5, dsl: 25, fibre: 50, option: 5, streaming: 10 };

/** Always takes the same number of uniform draws, so that one customer can be compared between populations. */
export function drawCustomer(random: Random, population: TelcoPopulation): TelcoCustomer {
  const yes = (probability: number): YesNo => (random.next() < probability ? 'Yes' : 'No');
  const gender = random.next() < 0.505 ? 'Male' : 'Female';
  const isSenior = random.next() < population.seniorShare;
  const tenure = drawTenure(random, population);
  const Contract = drawContract(random, tenure, population.contractShift);
  const years = { 'Month-to-month': 0, 'One year': 1, 'Two year': 2 }[Contract];
  const Partner = yes(0.2 + 0.0085 * tenure);
  const Dependents = yes((Partner === 'Yes' ? 0.57 : 0.11) * (isSenior ? 0.2 : 1));
  const InternetService = pick(
    random,
    population.internetByContract[Contract].map(([service, share]) => [
      service,
      share * (isSenior ? { DSL: 0.9, 'Fiber optic': 1.5, No: 0.15 }[service] : 1),
    ]),
  );
  const isFibre = InternetService === 'Fiber optic';
  const hasInternet = InternetService !== 'No';
  const phoneDraw = random.next();
  const PhoneService: YesNo = InternetService === 'DSL' && phoneDraw > 0.72 ? 'No' : 'Yes';
  const secondLine = yes(sigmoid(-1.75 + 0.034 * tenure + (isFibre ? 0.85 : hasInternet ? 0 : -0.7)));
  // Who streams series mostly streams films too.
  const viewing = 1.3 * (random.next() + random.next() + random.next() - 1.5) * 2;
  const option = (name: keyof typeof OPTIONS, taste = 0): Option => {
    const [base, aMonth, aYear, fibre] = OPTIONS[name];
    const taken = yes(sigmoid(base + aMonth * tenure + aYear * years + (isFibre ? fibre : 0) + taste));
    return hasInternet ? taken : 'No internet service';
  };
  const options = {
    OnlineSecurity: option('OnlineSecurity'),
    OnlineBackup: option('OnlineBackup'),
    DeviceProtection: option('DeviceProtection'),
    TechSupport: option('TechSupport'),
    StreamingTV: option('StreamingTV', viewing),
    StreamingMovies: option('StreamingMovies', viewing),
  };
  const PaperlessBilling = yes(population.paperlessByInternet[InternetService]);
  const PaymentMethod = drawPayment(random, InternetService, years);
  const monthlyNoise = bellShaped(random);
  const totalNoise = bellShaped(random);
  const listPrice =
    (PhoneService === 'Yes' ? PRICES.phone + (secondLine === 'Yes' ? PRICES.secondLine : 0) : 0) +
    (isFibre ? PRICES.fibre : hasInternet ? PRICES.dsl : 0) +
    Object.entries(options).reduce(
      (sum, [name, taken]) =>
        sum + (taken === 'Yes' ? (name.startsWith('Streaming') ? PRICES.streaming : PRICES.option) : 0),
      0,
    );
  const MonthlyCharges = toFiveCents(population.priceLevel * (listPrice + monthlyNoise));
  return {
    gender,
    SeniorCitizen: isSenior ? 1 : 0,
    Partner,
    Dependents,
    tenure,
    PhoneService,
    MultipleLines: PhoneService === 'No' ? 'No phone service' : secondLine,
    InternetService,
    ...options,
    Contract,
    PaperlessBilling,
    PaymentMethod,
    MonthlyCharges,
    TotalCharges: totalCharges(tenure, MonthlyCharges, totalNoise),
  };
}

function drawTenure(random: Random, { tenureBands }: TelcoPopulation): number {
  const band = pick(
    random,
    tenureBands.map(([first, last, share]) => [[first, last] as const, share]),
  );
  const [first, last] = band;
  return first + random.below(last - first + 1);
}

/** Long contracts belong to long customers: softmax with month-to-month at 0. */
function drawContract(random: Random, tenure: number, shift: number): TelcoCustomer['Contract'] {
  return pick(random, [
    ['Month-to-month', 1],
    ['One year', Math.exp(-5.3 + 1.42 * Math.log1p(tenure) + shift)],
    ['Two year', Math.exp(-3.75 + 0.077 * tenure + shift)],
  ]);
}

function drawPayment(
  random: Random,
  internet: TelcoCustomer['InternetService'],
  years: number,
): TelcoCustomer['PaymentMethod'] {
  const [bank, card, electronic, mailed] = {
    DSL: [0.23, 0.24, 0.29, 0.24],
    'Fiber optic': [0.22, 0.2, 0.49, 0.09],
    No: [0.21, 0.21, 0.1, 0.48],
  }[internet];
  const automatic = [0.72, 1.2, 1.55][years];
  return pick(random, [
    ['Bank transfer (automatic)', bank * automatic],
    ['Credit card (automatic)', card * automatic],
    ['Electronic check', electronic * [1.3, 0.75, 0.4][years]],
    ['Mailed check', mailed],
  ]);
}

/** What was paid so far: prices changed on the way, which evens out over the months. Null before the first bill. */
function totalCharges(tenure: number, monthly: number, noise: number): number | null {
  if (tenure === 0) return null;
  if (tenure === 1) return monthly;
  return toFiveCents(tenure * monthly * (1 + (0.2 * noise) / Math.sqrt(tenure)));
}

/** Mean 0, standard deviation 1, within ±3.5: four uniforms, a fixed number of draws. */
const bellShaped = (random: Random): number =>
  (random.next() + random.next() + random.next() + random.next() - 2) * Math.sqrt(3);

const toFiveCents = (dollars: number): number => Math.round(dollars * 20) / 20;

/** One of the values, by weight; one uniform draw. */
function pick<T>(random: Random, weighted: readonly (readonly [T, number])[]): T {
  let left = random.next() * weighted.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [value, weight] of weighted) {
    left -= weight;
    if (left < 0) return value;
  }
  return weighted[weighted.length - 1][0];
}

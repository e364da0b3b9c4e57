// Figures as a reader of the page wants them; the JSON beside it has every digit.

export const formatFigure = (value: number): string => value.toFixed(4);

export const formatShare = (share: number): string => `${(100 * share).toFixed(1)} %`;

export const formatCount = (count: number): string => count.toLocaleString('en-US');

/** Up to six digits, without an exponent where people would not write one. */
export const formatNumber = (value: number): string => {
  const rounded = Number(value.toPrecision(6));
  return Math.abs(rounded) >= 1e-4 || rounded === 0
    ? rounded.toLocaleString('en-US', { maximumFractionDigits: 6 })
    : rounded.toExponential(2);
};

/** A p-value: below .001 only that it is. */
export const formatP = (p: number): string => (p < 0.001 ? '< 0.001' : p.toFixed(3));

/** A name of the code as words: rocAuc → ROC AUC. */
export const metricTitle = (name: string): string =>
  titles[name] ?? name.replace(/[A-Z]/g, letter => ` ${letter.toLowerCase()}`);

const titles: Readonly<Record<string, string>> = {
  rocAuc: 'ROC AUC',
  averagePrecision: 'Average precision',
  logLoss: 'Log-loss',
  brier: 'Brier score',
  calibrationError: 'Calibration error',
  accuracy: 'Accuracy',
  balancedAccuracy: 'Balanced accuracy',
  precision: 'Precision',
  recall: 'Recall',
  f1: 'F1',
  profit: 'Profit a customer',
  gain: 'Gain over the best member',
};

const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/**
 * The number that a trimmed text stands for, as people and programs write decimals ("12", "-.5", "1e3"); null for any other
 * text ("1,5", "0x10", "Infinity", ""). Never -0. A number too great for float64 is infinite.
 */
export function parseDecimal(text: string): number | null {
  return decimal.test(text) ? Number(text) + 0 : null;
}

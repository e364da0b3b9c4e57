const unitsMs: Readonly<Record<string, number>> = {
  H: 3_600_000,
  M: 60_000,
  S: 1000,
  m: 1,
  u: 0.001,
  n: 0.000_001,
};

/** `grpc-timeout`: up to eight digits and a unit. @returns null where it is none */
export function readTimeoutMs(text: string): number | null {
  const [, amount, unit] = /^(\d{1,8})([HMSmun])$/.exec(text) ?? [];
  return amount === undefined ? null : Number(amount) * unitsMs[unit];
}

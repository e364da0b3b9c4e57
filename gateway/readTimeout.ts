import type { IncomingHttpHeaders } from 'node:http';
import { HoldfastError } from '../platform/HoldfastError.ts';

const unitsMs: Readonly<Record<string, number>> = {
  H: 3_600_000,
  M: 60_000,
  S: 1000,
  m: 1,
  u: 1e-3,
  n: 1e-6,
};

/**
 * How long the caller waits, by `x-timeout-ms` or, as gRPC writes it, `grpc-timeout`.
 * @returns milliseconds, or null where it does not say
 * @throws HoldfastError invalidArgument
 */
export function readTimeout(headers: IncomingHttpHeaders): number | null {
  const { 'x-timeout-ms': plain, 'grpc-timeout': grpc } = headers;
  if (plain === undefined && grpc === undefined) return null;
  if (typeof plain === 'string') {
    if (/^[1-9]\d{0,9}$/.test(plain)) return Number(plain);
    throw refused('x-timeout-ms', plain, 'whole milliseconds above 0, as 2500');
  }
  const [, digits, unit] = /^(\d{1,8})([HMSmun])$/.exec(String(grpc)) ?? [];
  if (digits !== undefined && unit !== undefined) return Math.max(1, Number(digits) * unitsMs[unit]);
  throw refused('grpc-timeout', String(grpc), 'up to eight digits and one of H, M, S, m, u, n, as 2500m');
}

const refused = (name: string, value: string, expected: string): HoldfastError =>
  new HoldfastError(
    'invalidArgument',
    `The header ${name} is ${JSON.stringify(value.slice(0, 40))}; expected ${expected}.`,
    { violations: [{ field: name, description: `expected ${expected}` }] },
  );

import CliTable from 'cli-table3';
import { showSpread } from '../Spread.ts';
import type { GatewayLine } from './runGatewayBench.ts';

/** The table for a person: what REST costs beside gRPC, and what FastAPI does beside REST, each in the same run. */
export function printGateway(lines: readonly GatewayLine[]): string {
  const table = new CliTable({
    head: [
      'IN FLIGHT',
      'SERVER',
      'RATE / gRPC',
      'CALLS/S',
      'CPU µs',
      'p50 ms',
      'p50 ADDED',
      'p99 ms',
      'FAILED',
    ],
    style: { head: [], border: [], compact: true },
    colAligns: ['right', 'left', ...Array.from({ length: 7 }, () => 'right' as const)],
  });
  for (const { inFlight, side, toFirst, measured } of lines)
    table.push([
      inFlight,
      side,
      toFirst === null ? '' : showSpread(toFirst.rate),
      measured.callsPerSecond.toFixed(0),
      measured.serverMicroseconds.toFixed(0),
      measured.p50Ms.toFixed(2),
      toFirst === null ? '' : showSpread(toFirst.p50AddedMs),
      measured.p99Ms.toFixed(2),
      measured.failed,
    ]);
  return table.toString();
}

import CliTable from 'cli-table3';
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
  for (const { inFlight, side, measured } of lines) {
    const grpc = lines.find(each => each.side === 'gRPC' && each.inFlight === inFlight)?.measured;
    const isGrpc = side === 'gRPC' || grpc === undefined;
    table.push([
      inFlight,
      side,
      isGrpc ? '' : (measured.callsPerSecond / grpc.callsPerSecond).toFixed(2),
      measured.callsPerSecond.toFixed(0),
      measured.serverMicroseconds.toFixed(0),
      measured.p50Ms.toFixed(2),
      isGrpc ? '' : (measured.p50Ms - grpc.p50Ms).toFixed(2),
      measured.p99Ms.toFixed(2),
      measured.failed,
    ]);
  }
  return table.toString();
}

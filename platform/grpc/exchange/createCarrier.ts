import type { Client } from '@grpc/grpc-js';
import { ClientExchange } from './ClientExchange.ts';

// The streams over which a client's unary calls go to one server: opened with the first call, opened anew where one ends or is asked to,
// each over a connection of its own.

export interface Carrier {
  /** The stream that waits for the fewest answers; null where none takes a call of so many bytes: it goes by itself. */
  pick(bytes: number): ClientExchange | null;
  close(): void;
}

/** Between two attempts of one connection. */
const REOPEN_MS = 1000;

interface Lane {
  readonly client: Client;
  exchange: ClientExchange | null;
  openedAt: number;
}

export function createCarrier({
  connect,
  connections,
  peer,
}: {
  readonly connect: () => Client;
  readonly connections: number;
  /** Who is called, for messages. */
  readonly peer: string;
}): Carrier {
  const lanes: Lane[] = [];
  const keepOpen = (lane: Lane): void => {
    if (lane.exchange?.isEnding === false) return;
    const now = performance.now();
    if (now - lane.openedAt < REOPEN_MS) return;
    lane.openedAt = now;
    lane.exchange = new ClientExchange(lane.client, peer);
  };
  return {
    pick: bytes => {
      while (lanes.length < connections)
        lanes.push({ client: connect(), exchange: null, openedAt: Number.NEGATIVE_INFINITY });
      let best: ClientExchange | null = null;
      for (const lane of lanes) {
        keepOpen(lane);
        const { exchange } = lane;
        if (exchange?.takes(bytes) !== true) continue;
        if (best === null || exchange.underway < best.underway) best = exchange;
      }
      return best;
    },
    close: () => {
      for (const { client, exchange } of lanes) {
        exchange?.close();
        client.close();
      }
    },
  };
}

import { join } from 'node:path';
import { createSwapper, type Swapper } from './createSwapper.ts';
import type { ServedTrainer } from './servedModel.ts';
import { type Server, type StartedSide, startSide } from './startSide.ts';

export interface WantedServer {
  readonly kind: Server;
  readonly processes: number;
  readonly trainer: ServedTrainer;
  /** Whether it serves from a registry in which versions are promoted. */
  readonly swapped: boolean;
}

export interface BenchServers {
  /** Where the trainer's model lies, and what else is made of it. */
  homeOf(trainer: ServedTrainer): Promise<string>;
  /** Started when it is first asked for: it serves many cases, with warm code, and costs the others nothing while nobody calls it. */
  get(wanted: WantedServer): Promise<StartedSide>;
  swapperOf(wanted: WantedServer): Promise<Swapper>;
  stop(): Promise<void>;
}

export function createServers(homeOf: BenchServers['homeOf'], report: (line: string) => void): BenchServers {
  const started: { stop(): Promise<void> }[] = [];
  const servers = new Map<string, StartedSide>();
  const swappers = new Map<string, Swapper>();

  /** Apart from the others', whose local copy stays as it is. */
  const swappedHome = async ({ trainer, processes }: WantedServer): Promise<string> =>
    join(await homeOf(trainer), `swapped-${processes}`);

  async function swapperOf(wanted: WantedServer): Promise<Swapper> {
    const { trainer, processes } = wanted;
    const swapper =
      swappers.get(keyOf(wanted)) ?? (await createSwapper(await swappedHome(wanted), trainer, processes));
    if (!swappers.has(keyOf(wanted))) started.push(swapper);
    swappers.set(keyOf(wanted), swapper);
    return swapper;
  }

  async function start(wanted: WantedServer): Promise<StartedSide> {
    const { kind, processes, trainer, swapped } = wanted;
    const place = swapped
      ? { home: await swappedHome(wanted), databaseUrl: (await swapperOf(wanted)).databaseUrl }
      : { home: await homeOf(trainer) };
    const server = await startSide(kind, { processes, ...place }, report);
    started.push(server);
    return server;
  }

  return {
    homeOf,
    swapperOf,
    get: async wanted => {
      const server = servers.get(keyOf(wanted)) ?? (await start(wanted));
      servers.set(keyOf(wanted), server);
      return server;
    },
    stop: async () => {
      // Whoever was started first may be needed to the end.
      for (const one of started.toReversed()) await one.stop();
    },
  };
}

const keyOf = ({ kind, processes, trainer, swapped }: WantedServer): string =>
  JSON.stringify([kind, processes, trainer, swapped]);

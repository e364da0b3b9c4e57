import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

// Below the range from which systems give out ports by themselves (32768 on Linux, 49152 elsewhere): a server that opens one
// more of those, as Temporal's does, cannot take a port between our look and its use. runTests.ts gives each of the processes
// that it runs side by side a part of it.
const [lowest, above] = (process.env.HOLDFAST_TEST_PORTS ?? '15000-32000').split('-').map(Number);

/** So many different ports that nothing listens on now. */
export async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = randomInt(lowest, above);
    if (await isFree(port)) ports.add(port);
  }
  return [...ports];
}

/** The first of so many ports in a row that nothing listens on now: as the processes of one start have for their metrics. */
export async function freePortRow(count: number): Promise<number> {
  for (;;) {
    const first = randomInt(lowest, above - count);
    let free = 0;
    while (free < count && (await isFree(first + free))) free++;
    if (free === count) return first;
  }
}

const isFree = (port: number): Promise<boolean> =>
  new Promise(answer => {
    const server = createServer();
    server.once('error', () => answer(false));
    server.listen(port, '127.0.0.1', () => server.close(() => answer(true)));
  });

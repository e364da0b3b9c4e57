import { createServer } from 'node:net';

/** So many different ports that nothing listens on now; tests that run side by side hardly ever get the same. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((done, fail) => server.once('error', fail).listen(0, '127.0.0.1', done));
      return server;
    }),
  );
  return await Promise.all(
    servers.map(async server => {
      const address = server.address();
      if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
      await new Promise(done => server.close(done));
      return address.port;
    }),
  );
}

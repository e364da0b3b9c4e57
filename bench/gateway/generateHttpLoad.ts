import { connect, type Socket } from 'node:net';
import { readBodies } from '../serving/readBodies.ts';
import { repeatCalls } from '../serving/repeatCalls.ts';
import { loadJobSchema } from '../serving/ServingJob.ts';

// The load: HTTP/1.1 requests over sockets that are kept, one at a time on each. Written for this bench, since an HTTP client costs
// more than the server that it is to load. Runs in a process of its own, so that its CPU time is not the server's.

const job = loadJobSchema.parse(JSON.parse(process.argv[2]));
const requests = readBodies(job.bodiesFile).map(body =>
  Buffer.concat([
    Buffer.from(
      `POST ${job.path} HTTP/1.1\r\nhost: 127.0.0.1:${job.port}\r\ncontent-type: application/json\r\nx-api-key: ${job.apiKey}\r\ncontent-length: ${body.length}\r\n\r\n`,
    ),
    body,
  ]),
);
let next = 0;

await repeatCalls(() => {
  const sockets = Array.from({ length: job.inFlight }, () =>
    connect({ host: '127.0.0.1', port: job.port, noDelay: true }),
  );
  return {
    calls: sockets.map(socket => async () => {
      const answer = await ask(socket, requests[next++ % requests.length]);
      return answer.startsWith('HTTP/1.1 200 ') ? null : answer.slice(0, 300);
    }),
    close: () => {
      for (const socket of sockets) socket.destroy();
    },
  };
});

/** The whole answer: its end is told by its length. */
function ask(socket: Socket, request: Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const read = (chunk: Buffer): void => {
      text += chunk.toString('latin1');
      const head = text.indexOf('\r\n\r\n');
      if (head < 0) return;
      const [, length] = /\r\ncontent-length: *(\d+)/i.exec(text) ?? [];
      if (length === undefined) return reject(new Error(`an answer without a length: ${text.slice(0, 300)}`));
      if (text.length < head + 4 + Number(length)) return;
      socket.off('data', read);
      socket.off('error', reject);
      resolve(text);
    };
    socket.on('data', read);
    socket.once('error', reject);
    socket.write(request);
  });
}

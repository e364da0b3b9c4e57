import type { IncomingHttpHeaders } from 'node:http';
import { type ClientHttp2Session, connect } from 'node:http2';
import { frame } from './frame.ts';
import { readBodies } from './readBodies.ts';
import { repeatCalls } from './repeatCalls.ts';
import { loadJobSchema } from './ServingJob.ts';

// The load: unary gRPC calls over bare HTTP/2, a fixed number in flight over several connections, each with the next of the
// given bodies. Written for this bench, since a gRPC client costs more than the server that it is to load. Runs in a process
// of its own, so that its CPU time is not the server's.

const job = loadJobSchema.parse(JSON.parse(process.argv[2]));
const frames = readBodies(job.bodiesFile).map(frame);
let next = 0;

await repeatCalls(() => {
  const sessions = Array.from({ length: job.connections }, () => connect(`http://127.0.0.1:${job.port}`));
  return {
    calls: Array.from(
      { length: job.inFlight },
      (_, index) => () => call(sessions[index % sessions.length], frames[next++ % frames.length]),
    ),
    close: () => {
      for (const session of sessions) session.close();
    },
  };
});

/** gRPC status and message, or null for OK. */
function call(session: ClientHttp2Session, body: Buffer): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const stream = session.request({
      ':method': 'POST',
      ':path': job.path,
      'content-type': 'application/grpc',
      'x-api-key': job.apiKey,
      te: 'trailers',
    });
    let status: string | null = 'no status';
    const read = (headers: IncomingHttpHeaders): void => {
      const code = headers['grpc-status'];
      if (code !== undefined)
        status =
          Number(code) === 0 ? null : `${code.toString()} ${(headers['grpc-message'] ?? '').toString()}`;
    };
    stream.on('response', read).on('trailers', read).on('error', reject);
    stream.once('close', () => resolve(status));
    stream.resume();
    stream.end(body);
  });
}

import type { IncomingHttpHeaders } from 'node:http';
import { type ClientHttp2Session, connect } from 'node:http2';
import { setTimeout as sleep } from 'node:timers/promises';
import { quantiles } from './quantiles.ts';
import { readBodies } from './readBodies.ts';
import { type LoadResult, loadJobSchema } from './ServingJob.ts';

// The load: unary gRPC calls over bare HTTP/2, a fixed number in flight over several connections, each with the next of the
// given bodies. Written for this bench, since a gRPC client costs more than the server that it is to load. Runs in a process
// of its own, so that its CPU time is not the server's.

const job = loadJobSchema.parse(JSON.parse(process.argv[2]));
const frames = readBodies(job.bodiesFile).map(frame);
const sessions = Array.from({ length: job.connections }, () => connect(`http://127.0.0.1:${job.port}`));
const latencies: number[] = [];
let next = 0;
let failed = 0;
let firstFailure = '';
let measuring = false;
const stopping = new AbortController();

const callers = Array.from({ length: job.inFlight }, (_, index) => repeat(sessions[index % sessions.length]));
await sleep(job.warmUpSeconds * 1000);
latencies.length = 0;
process.stdout.write('measuring\n');
measuring = true;
const begun = performance.now();
await sleep(job.seconds * 1000);
// On a machine that is starved a second may be too short for a single call.
while (latencies.length === 0) await sleep(100);
measuring = false;
const seconds = (performance.now() - begun) / 1000;
stopping.abort();
process.stdout.write(`${JSON.stringify(summary(seconds))}\n`);
await Promise.all(callers);
for (const session of sessions) session.close();

async function repeat(session: ClientHttp2Session): Promise<void> {
  while (!stopping.signal.aborted) {
    const from = performance.now();
    const status = await call(session, frames[next++ % frames.length]);
    if (!measuring) continue;
    latencies.push(performance.now() - from);
    if (status === '0') continue;
    failed++;
    firstFailure ||= status;
  }
}

function call(session: ClientHttp2Session, body: Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const stream = session.request({
      ':method': 'POST',
      ':path': job.path,
      'content-type': 'application/grpc',
      'x-api-key': job.apiKey,
      te: 'trailers',
    });
    let status = 'no status';
    const read = (headers: IncomingHttpHeaders): void => {
      const code = headers['grpc-status'];
      if (code !== undefined)
        status =
          Number(code) === 0 ? '0' : `${code.toString()} ${(headers['grpc-message'] ?? '').toString()}`;
    };
    stream.on('response', read).on('trailers', read).on('error', reject);
    stream.once('close', () => resolve(status));
    stream.resume();
    stream.end(body);
  });
}

function frame(message: Buffer): Buffer {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

function summary(measuredSeconds: number): LoadResult {
  return {
    calls: latencies.length,
    failed,
    firstFailure,
    seconds: measuredSeconds,
    ...quantiles(latencies),
  };
}

import type { IncomingHttpHeaders } from 'node:http';
import { type ClientHttp2Session, connect } from 'node:http2';
import { frame } from './frame.ts';
import { readBodies } from './readBodies.ts';
import { type Call, repeatCalls } from './repeatCalls.ts';
import { loadJobSchema } from './ServingJob.ts';

// The load: messages of bidirectional gRPC streams over bare HTTP/2, one stream a connection, a fixed number of messages on
// their way in all. Else as generateLoad.ts. A stream that ends before it is asked to ends the load.

const job = loadJobSchema.parse(JSON.parse(process.argv[2]));
const frames = readBodies(job.bodiesFile).map(frame);
let next = 0;

await repeatCalls(() => {
  const sessions = Array.from({ length: job.connections }, () => connect(`http://127.0.0.1:${job.port}`));
  const streams = sessions.map(openStream);
  return {
    calls: Array.from({ length: job.inFlight }, (_, index) => streams[index % streams.length].call),
    close: () => {
      for (const stream of streams) stream.end();
      for (const session of sessions) session.close();
    },
  };
});

/** Answers come in the order of the messages. */
function openStream(session: ClientHttp2Session): { readonly call: Call; end(): void } {
  const waiting: PromiseWithResolvers<null>[] = [];
  const stream = session.request({
    ':method': 'POST',
    ':path': job.path,
    'content-type': 'application/grpc',
    'x-api-key': job.apiKey,
    te: 'trailers',
  });
  const ended = (reason: string): void => {
    for (const each of waiting.splice(0)) each.reject(new Error(`the stream ended: ${reason}`));
  };
  const read = (headers: IncomingHttpHeaders): void => {
    const { 'grpc-status': code, 'grpc-message': message = '' } = headers;
    if (code !== undefined) ended(`${code.toString()} ${message.toString()}`);
  };
  let bytes: Buffer = Buffer.alloc(0);
  stream.on('data', (chunk: Buffer) => {
    bytes = Buffer.concat([bytes, chunk]);
    while (bytes.length >= 5 && bytes.length >= 5 + bytes.readUInt32BE(1)) {
      bytes = bytes.subarray(5 + bytes.readUInt32BE(1));
      waiting.shift()?.resolve(null);
    }
  });
  stream.on('response', read).on('trailers', read);
  stream.on('error', ({ message }) => ended(message));
  return {
    call: () => {
      const answer = Promise.withResolvers<null>();
      if (stream.destroyed || stream.readableEnded) throw new Error('the stream ended');
      waiting.push(answer);
      stream.write(frames[next++ % frames.length]);
      return answer.promise;
    },
    end: () => void stream.end(),
  };
}

import { type IncomingHttpHeaders, request as httpRequest } from 'node:http';
import { buildGateway } from '../../gateway/buildGateway.ts';
import type { GatewayOptions } from '../../gateway/GatewayContext.ts';
import { type BackendAddresses, createBackend } from '../../gateway/createBackend.ts';
import { readDescriptors } from '../../platform/grpc/readDescriptors.ts';
import { TEST_KEY } from './testAccess.ts';
import { collectLogs, type LogLine } from './collectLogs.ts';

// The gateway over real servers, asked by plain HTTP: fetch would not let a test choose its Host header.

export interface HttpAnswer {
  readonly status: number;
  readonly type: string;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
  readonly text: string;
  /** The text as JSON. */
  readonly json: () => unknown;
}

export interface Gateway {
  readonly port: number;
  readonly logs: LogLine[];
  readonly ask: (
    verb: string,
    path: string,
    body?: string | Buffer | object,
    headers?: Record<string, string>,
  ) => Promise<HttpAnswer>;
  /** Ends the gateway early. */
  readonly close: () => Promise<void>;
}

/** An address where nothing listens. */
export const NOBODY = '127.0.0.1:1';

export async function withGateway<T>(
  addresses: Partial<BackendAddresses>,
  test: (gateway: Gateway) => Promise<T>,
  options: Partial<GatewayOptions> = {},
): Promise<T> {
  const { logger, lines } = collectLogs();
  const backend = createBackend({ inference: NOBODY, control: NOBODY, ...addresses });
  const app = buildGateway({ descriptors: readDescriptors(), backend, logger, ...options });
  const port = Number(new URL(await app.listen({ host: '127.0.0.1', port: 0 })).port);
  try {
    return await test({
      port,
      logs: lines,
      ask: (verb, path, body, headers) => ask(port, verb, path, body, headers),
      close: () => app.close(),
    });
  } finally {
    await app.close();
    backend.close();
  }
}

function ask(
  port: number,
  verb: string,
  path: string,
  body?: string | Buffer | object,
  headers: Record<string, string> = {},
): Promise<HttpAnswer> {
  const bytes =
    body === undefined || typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  const type = bytes === undefined ? {} : { 'content-type': 'application/json' };
  return new Promise((resolve, reject) => {
    const sent = httpRequest(
      {
        host: '127.0.0.1',
        port,
        method: verb,
        path,
        headers: { 'x-api-key': TEST_KEY, ...type, ...headers },
        agent: false,
      },
      answer => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.once('error', reject);
        answer.once('end', () => {
          const bytes = Buffer.concat(chunks);
          const text = bytes.toString();
          resolve({
            status: answer.statusCode ?? 0,
            type: answer.headers['content-type'] ?? '',
            headers: answer.headers,
            bytes,
            text,
            json: () => JSON.parse(text),
          });
        });
      },
    );
    sent.once('error', reject);
    sent.end(bytes);
  });
}

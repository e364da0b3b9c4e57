import { execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';
import { after, type Context } from 'mocha';
import { S3mini } from 's3mini';
import { z } from 'zod';
import { requirePeer } from '../peers/requirePeer.ts';
import { freePorts } from './freePorts.ts';
import { waitUntil } from './waitUntil.ts';

// One real S3-compatible server (moto's) for a whole run of tests, which checks signatures and rights.

const keyPair = z.object({
  accessKeyId: z.string(),
  secretAccessKey: z.string(),
  sessionToken: z.string().optional(),
});
const keys = z.object({ writer: keyPair, reader: keyPair, stranger: keyPair, temporary: keyPair });

export interface TestS3 {
  readonly endpoint: string;
  readonly bucket: string;
  /** The worker's environment, with the rights of one of the users. */
  environment(user: keyof z.output<typeof keys>, endpoint?: string): Record<string, string>;
  put(key: string, content: string | Buffer): Promise<void>;
}

let server: Promise<TestS3> | undefined;
const stops: (() => void)[] = [];

export function testS3(test: Context): Promise<TestS3> {
  const moto = requirePeer(test, 'moto_server');
  const python = requirePeer(test, 'python');
  return (server ??= start(moto, python));
}

after(() => {
  for (const stop of stops) stop();
});

async function start(moto: string, python: string): Promise<TestS3> {
  const [port] = await freePorts(1);
  const endpoint = `http://127.0.0.1:${port}`;
  const bucket = 'holdfast-tables';
  const child = spawn(moto, ['-H', '127.0.0.1', '-p', String(port)], {
    stdio: 'ignore',
    env: { ...process.env, INITIAL_NO_AUTH_ACTION_COUNT: '1000' },
  });
  stops.push(() => child.kill());
  await waitUntil('moto answers', () =>
    fetch(`${endpoint}/moto-api/data.json`).then(
      ({ ok }) => ok,
      () => false,
    ),
  );
  const { stdout } = await promisify(execFile)(python, ['test/peers/prepare_s3.py', endpoint, bucket]);
  const users = keys.parse(JSON.parse(stdout));
  // From here on no action goes without a signature and the right to it.
  await fetch(`${endpoint}/moto-api/reset-auth`, { method: 'POST', body: '0' });
  const writer = new S3mini({ endpoint: `${endpoint}/${bucket}`, region: 'us-east-1', ...users.writer });
  return {
    endpoint,
    bucket,
    environment: (user, at = endpoint) => {
      const { accessKeyId, secretAccessKey, sessionToken } = users[user];
      return {
        AWS_ENDPOINT_URL: at,
        AWS_REGION: 'us-east-1',
        AWS_ACCESS_KEY_ID: accessKeyId,
        AWS_SECRET_ACCESS_KEY: secretAccessKey,
        ...(sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: sessionToken }),
      };
    },
    put: async (key, content) => {
      const { ok } = await writer.putObject(key, content);
      if (!ok) throw new Error(`moto did not take ${key}`);
    },
  };
}

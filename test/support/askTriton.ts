import { execFile } from 'node:child_process';
import type { Context } from 'mocha';
import type { z } from 'zod';
import { requirePeer } from '../peers/requirePeer.ts';
import { TEST_KEY } from './testAccess.ts';

/** What a stock client of NVIDIA's, in a script of test/peers, made of the server at this port of this machine. */
export async function askTriton<T extends z.ZodType>(
  test: Context,
  script: string,
  port: number,
  request: object,
  answers: T,
): Promise<z.output<T>> {
  const python = requirePeer(test, 'python');
  const said = new Promise<string>((resolve, reject) => {
    const child = execFile(
      python,
      [`test/peers/${script}`, `127.0.0.1:${port}`, 'churn'],
      { maxBuffer: 1 << 26, env: { ...process.env, HOLDFAST_API_KEY: TEST_KEY } },
      (error, stdout, stderr) => {
        if (error !== null) reject(new Error(`tritonclient failed: ${stderr || error.message}`));
        else resolve(stdout);
      },
    );
    child.stdin?.end(JSON.stringify(request));
  });
  return answers.parse(JSON.parse(await said));
}

import { createHash, randomUUID } from 'node:crypto';
import { glob, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger, type WorkflowBundle } from '@temporalio/worker';
import type { Logger } from '../../observability/createLogger.ts';

// The workflows' code in one file, as Temporal's SDK wants it. It makes it with webpack in 2.6 s of CPU, at each start of a worker;
// so it is kept, under the digest of all that it can be made of, and made anew only where one byte of that is another.

/** All that a workflow may import at run time, as test/arrows.test.ts holds. */
const FOLDERS = ['workflows', 'ml', 'platform', 'proto', 'observability'];

export interface BundleOptions {
  /** The checkout. */
  readonly root: string;
  /** Where it is kept; made where missing. */
  readonly folder: string;
  readonly logger: Pick<Logger, 'debug'>;
}

/** The kept one, or a new one that is then kept. A folder that cannot be written costs the time, and nothing else. */
export async function bundleWorkflows({ root, folder, logger }: BundleOptions): Promise<WorkflowBundle> {
  const name = `${await sourcesDigest(root)}.js`;
  const path = join(folder, name);
  const kept = await readFile(path, 'utf8').catch(() => null);
  if (kept !== null) return { code: kept };
  const { code } = await bundleWorkflowCode({
    logger: new DefaultLogger('ERROR'),
    workflowsPath: join(root, 'workflows/workflows.ts'),
    workflowInterceptorModules: [join(root, 'workflows/passTrace.ts')],
  });
  try {
    await keep(folder, name, code);
  } catch (error) {
    logger.debug({ err: error, folder }, 'the bundle of the workflows cannot be kept');
  }
  return { code };
}

/** Whole or not at all, and without the ones before it. */
async function keep(folder: string, name: string, code: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const partial = join(folder, `.${name}.${randomUUID()}`);
  try {
    await writeFile(partial, code);
    await rename(partial, join(folder, name));
  } finally {
    await rm(partial, { force: true });
  }
  for (const other of await readdir(folder))
    if (other.endsWith('.js') && other !== name) await rm(join(folder, other), { force: true });
}

/** Of every file of ours that can be in it, by name, and of every package's version. */
export async function sourcesDigest(root: string): Promise<string> {
  const found: string[] = [];
  for await (const file of glob(`{${FOLDERS.join()}}/**/*.ts`, { cwd: root })) found.push(file);
  const files = ['package-lock.json', ...found.sort()];
  const contents = await Promise.all(files.map(file => readFile(join(root, file))));
  const hash = createHash('sha256').update(root);
  files.forEach((file, index) =>
    hash.update(`\0${file}\0${contents[index].length}\0`).update(contents[index]),
  );
  return hash.digest('hex');
}

import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SIMULATOR_VERSION } from '../../ml/simulation/simulatorVersion.ts';
import { simulateTelco } from '../../ml/simulation/simulateTelco.ts';
import { telcoCsv } from '../../ml/simulation/telcoCsv.ts';
import { describeWriteError, writeFileAtomically } from '../../platform/writeFileAtomically.ts';

export interface SimulatedSource {
  readonly model: string;
  readonly rows: number;
  readonly seed: number;
}

/**
 * The simulator's table as a file, the default data of a fresh clone. A file that is there is complete (it was written
 * atomically) and, by its name, the same: it is not written again.
 * @returns the path, `<folder>/<model>-simulated-v<simulator's version>-<rows>-<seed>.csv`
 * @throws HoldfastError resourceExhausted (no room), failedPrecondition (may not be written)
 */
export async function simulateSource(
  { model, rows, seed }: SimulatedSource,
  folder: string,
  signal?: AbortSignal,
): Promise<string> {
  const path = join(folder, `${model}-simulated-v${SIMULATOR_VERSION}-${rows}-${seed}.csv`);
  if (await isFile(path)) return path;
  await mkdir(folder, { recursive: true, mode: 0o700 }).catch((error: unknown) => {
    throw describeWriteError(error, folder);
  });
  await writeFileAtomically(path, encodeChunks(telcoCsv(simulateTelco({ rows, seed })), signal));
  return path;
}

const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    status => status.isFile(),
    () => false,
  );

/** Asynchronous, so that heartbeats and cancellation come through between the chunks. */
async function* encodeChunks(
  chunks: Iterable<string>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, void> {
  for (const chunk of chunks) {
    signal?.throwIfAborted();
    yield Buffer.from(chunk);
    await new Promise(resolve => setImmediate(resolve));
  }
}

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Measured } from './measureLoad.ts';
import { quantiles } from './quantiles.ts';
import { rawResultSchema } from './ServingJob.ts';

/** What ONNX Runtime itself does with the requests' tensors, one run after the other, in a process of its own. */
export async function measureRuntime(home: string, bodiesFile: string, seconds: number): Promise<Measured> {
  const args = [
    join(import.meta.dirname, 'rawRuntime.ts'),
    join(home, 'model.onnx'),
    bodiesFile,
    String(seconds),
  ];
  const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 1e9 });
  const { latenciesMs, megabytes, ...took } = rawResultSchema.parse(JSON.parse(stdout));
  return {
    calls: latenciesMs.length,
    failed: 0,
    firstFailure: '',
    seconds: took.seconds,
    ...quantiles(latenciesMs),
    callsPerSecond: latenciesMs.length / took.seconds,
    serverMicroseconds: (took.cpuSeconds * 1e6) / latenciesMs.length,
    megabytesBefore: megabytes,
    serverMegabytes: megabytes,
  };
}

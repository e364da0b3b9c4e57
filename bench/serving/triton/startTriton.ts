import { execFile, spawn } from 'node:child_process';
import { copyFile, cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { readMetadata } from '../../../ml/onnx/readMetadata.ts';
import { createGrpcClient } from '../../../platform/grpc/createGrpcClient.ts';
import { GRPCInferenceServiceService } from '../../../proto/gen/inference/grpc_service.ts';
import { findPython } from '../../findPython.ts';
import { freePort } from '../freePort.ts';
import { type SideOptions, type StartedSide, stopping } from '../startSide.ts';

// NVIDIA's Triton, whose program comes with the wheel nvidia-pytriton, with as many instances of the model as the other servers
// have processes. The wheel has no ONNX Runtime backend, only the Python one: model.py runs the file there.

const run = promisify(execFile);
const MOST_BATCHED_ROWS = 1024;

/** @throws Error that says why it cannot be had here */
export async function startTriton(
  { processes, home }: SideOptions,
  report: (line: string) => void,
): Promise<StartedSide> {
  const python = await findPython(report, {
    folder: 'triton-venv',
    requirements: join(import.meta.dirname, 'requirements.txt'),
    modules: ['numpy', 'onnxruntime', 'pytriton'],
  });
  const script = 'import pytriton, sys; print(pytriton.__path__[0]); print("%d.%d" % sys.version_info[:2])';
  const [wheel, version] = (await run(python, ['-c', script])).stdout.trim().split('\n');
  const triton = join(wheel, 'tritonserver');
  const folder = join(home, 'triton');
  const backends = join(folder, 'backends');
  await cp(join(triton, 'backends'), backends, { recursive: true });
  const stub = 'triton_python_backend_stub';
  await copyFile(join(triton, 'python_backend_stubs', version, stub), join(backends, 'python', stub));
  await writeRepository(join(folder, 'models'), join(home, 'model.onnx'), processes);
  const port = await freePort();
  const child = spawn(
    join(triton, 'bin/tritonserver'),
    [
      `--model-repository=${join(folder, 'models')}`,
      `--backend-directory=${backends}`,
      `--grpc-port=${port}`,
      '--grpc-address=127.0.0.1',
      '--allow-http=false',
      '--allow-metrics=false',
      '--log-info=false',
      '--log-warning=false',
    ],
    {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: {
        ...process.env,
        PATH: `${join(python, '..')}:${process.env.PATH}`,
        LD_LIBRARY_PATH: join(wheel, '../nvidia_pytriton.libs'),
      },
    },
  );
  const ended = new AbortController();
  child.once('error', () => ended.abort()).once('exit', () => ended.abort());
  const client = createGrpcClient(GRPCInferenceServiceService, {
    address: `127.0.0.1:${port}`,
    peer: 'Triton',
  });
  try {
    for (;;) {
      if (ended.signal.aborted) throw new Error(`tritonserver ended with ${child.exitCode} before it served`);
      const { ready } = await client
        .modelReady({ name: 'churn', version: '' })
        .catch(() => ({ ready: false }));
      if (ready) return { pid: child.pid ?? 0, port, stop: stopping(child) };
      await sleep(200);
    }
  } finally {
    client.close();
  }
}

async function writeRepository(repository: string, file: string, instances: number): Promise<void> {
  const folder = join(repository, 'churn');
  await mkdir(join(folder, '1'), { recursive: true });
  await copyFile(file, join(folder, '1', 'model.onnx'));
  await copyFile(join(import.meta.dirname, 'model.py'), join(folder, '1', 'model.py'));
  const { inputs } = readMetadata(await readFile(file));
  const tensors = inputs.map(
    ({ name, kind }) =>
      `{ name: ${JSON.stringify(name)} data_type: ${kind === 'number' ? 'TYPE_FP32' : 'TYPE_STRING'} dims: [ 1 ] }`,
  );
  await writeFile(
    join(folder, 'config.pbtxt'),
    `name: "churn"
backend: "python"
max_batch_size: ${MOST_BATCHED_ROWS}
input [ ${tensors.join(', ')} ]
output [ { name: "probabilities" data_type: TYPE_FP32 dims: [ 2 ] } ]
instance_group [ { count: ${instances} kind: KIND_CPU } ]
dynamic_batching { }
`,
  );
}

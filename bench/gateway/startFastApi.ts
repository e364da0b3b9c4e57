import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { simulateTelco } from '../../ml/simulation/simulateTelco.ts';
import churn from '../../projects/churn.ts';
import { findPython } from '../findPython.ts';
import { freePort } from '../serving/freePort.ts';
import { type StartedSide, stopping } from '../serving/startSide.ts';

/** Trains on the same customers as ours, and answers when it serves. */
export async function startFastApi(home: string, report: (line: string) => void): Promise<StartedSide> {
  const python = await findPython(report, {
    folder: 'gateway-venv',
    requirements: join(import.meta.dirname, 'requirements.txt'),
    modules: ['fastapi', 'pandas', 'sklearn', 'uvicorn'],
  });
  const rows = [...simulateTelco({ rows: 7043, seed: 1 })];
  const names = [...Object.keys(churn.columns), churn.label.column];
  const columns = Object.fromEntries(
    names.map(name => [name, rows.map(row => new Map(Object.entries(row)).get(name) ?? null)]),
  );
  const file = join(home, 'table.json');
  await writeFile(
    file,
    JSON.stringify({ columns, label: churn.label.column, positive: churn.label.positive }),
  );
  const port = await freePort();
  report('training scikit-learn on the same customers …');
  const child = spawn(python, [join(import.meta.dirname, 'fastApi.py'), file, String(port)], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, OMP_NUM_THREADS: '1' },
  });
  const ended = new AbortController();
  child.once('exit', () => ended.abort());
  for (;;) {
    if (ended.signal.aborted) throw new Error(`FastAPI ended with ${child.exitCode} before it served`);
    const served = await fetch(`http://127.0.0.1:${port}/openapi.json`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (served) return { pid: child.pid ?? 0, port, stop: stopping(child) };
    await sleep(100);
  }
}

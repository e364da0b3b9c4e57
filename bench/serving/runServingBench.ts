import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { measureInRounds } from '../measureInRounds.ts';
import { optionsOrNull } from '../optionsOrNull.ts';
import { createHomes } from './createHomes.ts';
import { createServers } from './createServers.ts';
import { printServing } from './printServing.ts';
import { readServingOptions, servingUsage } from './readServingOptions.ts';
import type { ServingCase } from './ServingCase.ts';
import type { ServingLine } from './ServingLine.ts';
import { type CaseOptions, withSides } from './withSides.ts';

// `npm run bench -- serving`: Predict under load, beside grpc-js alone (echo) and grpc-js with the generated decoder and ONNX
// Runtime (onnx), in turn, round after round; one-row calls without and with a bulk load beside them; ModelInfer beside ONNX
// Runtime without any server (runtime). Servers and load share the machine. Rates are therefore to be read against those of the
// same case; CPU time a call is the server's own.

const report = (line: string): void => void process.stderr.write(`${line}\n`);

export async function runServingBench(args: readonly string[]): Promise<void> {
  const options = optionsOrNull(() => readServingOptions(args), servingUsage);
  if (options === null) return;
  const { json, cases, trainer, rounds, seconds, processes } = options;
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-bench-'));
  try {
    const lines: ServingLine[] = [];
    const servers = createServers(createHomes(folder, report), report);
    try {
      for (const each of cases) lines.push(...(await runCase(each, { ...options, servers, report })));
    } finally {
      await servers.stop();
    }
    const machine = { processor: cpus()[0]?.model ?? 'unknown', cores: availableParallelism() };
    const [load] = loadavg();
    process.stdout.write(
      json
        ? `${JSON.stringify({ machine, trainer, processes, rounds, seconds, lines }, null, 1)}\n`
        : `${printServing(lines)}\n${trainer}, ${processes} processes a server; medians of ${rounds} rounds of ${seconds} s a side, of ratios with their middle half; ${machine.cores} cores of ${machine.processor}, load average ${load.toFixed(1)}.${options.quick ? ' --quick shows that everything works: these are no figures, the code was cold.' : ''}\n`,
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function runCase(each: ServingCase, options: CaseOptions): Promise<ServingLine[]> {
  const { name, load } = each;
  report(name);
  const lines = await withSides(each, options, sides => measureInRounds(sides, options.rounds, report));
  return lines.map(line => ({ name, rows: load.rows, inFlight: load.inFlight, ...line }));
}

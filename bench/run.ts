import { runGatewayBench } from './gateway/runGatewayBench.ts';
import { runIngestionBench } from './ingestion/runIngestionBench.ts';
import { runServingBench } from './serving/runServingBench.ts';
import { runTrainingBench } from './training/runTrainingBench.ts';

// `npm run bench -- NAME [options]`: one measurement by its name. The table goes to stdout, progress to stderr.

const benches: Readonly<Record<string, (args: readonly string[]) => Promise<void>>> = {
  gateway: runGatewayBench,
  ingestion: runIngestionBench,
  serving: runServingBench,
  training: runTrainingBench,
};

const [name = '', ...args] = process.argv.slice(2);
const bench = benches[name];
if (bench === undefined) {
  process.stderr.write(
    `bench takes ${Object.keys(benches).join(', ')}, not ${JSON.stringify(name)}: npm run bench -- training [--json] [--quick]\n`,
  );
  process.exit(2);
}
await bench(args);

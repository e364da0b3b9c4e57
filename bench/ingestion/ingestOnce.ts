import { statSync } from 'node:fs';
import { join } from 'node:path';
import { ingestFile } from '../../activities/data/ingestFile.ts';
import { createLocalArtifactStore } from '../../platform/createLocalArtifactStore.ts';
import churn from '../../projects/churn.ts';
import type { IngestedOnce } from './IngestionLine.ts';

// `ingestOnce.ts FILE FOLDER`: takes a file in as a worker's activity does, in a process that has done nothing else, so that the
// largest resident set is this file's.

const [path, folder] = process.argv.slice(2);
const idleMegabytes = process.memoryUsage.rss() / 2 ** 20;
const started = performance.now();
const before = process.cpuUsage();
const artifacts = createLocalArtifactStore(join(folder, 'artifacts'));
const { rows, tableDigest } = await ingestFile({
  definition: churn,
  path,
  artifacts,
  quarantineFolder: join(folder, 'quarantine'),
});
const { user, system } = process.cpuUsage(before);
const result: IngestedOnce = {
  rows,
  seconds: (performance.now() - started) / 1000,
  cpuSeconds: (user + system) / 1e6,
  idleMegabytes,
  peakMegabytes: process.resourceUsage().maxRSS / 1024,
  tableMegabytes: statSync(await artifacts.path(tableDigest)).size / 2 ** 20,
};
process.stdout.write(`${JSON.stringify(result)}\n`);

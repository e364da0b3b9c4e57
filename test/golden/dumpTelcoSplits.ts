import { writeFileSync } from 'node:fs';
import { readTelco, telcoSplitSeeds, telcoSplits } from '../support/telcoTable.ts';

// Writes which rows of the Telco table each fixed split holds out, for the Python scripts beside this file:
// `node test/golden/dumpTelcoSplits.ts`. One bit a row, the first row in the highest bit, as base64.

const table = readTelco('../shared/data/telco-customer-churn.csv');
const splits = telcoSplits(table).map(({ holdout }, index) => {
  const bits = new Uint8Array(Math.ceil(table.rowCount / 8));
  for (const row of holdout) bits[row >> 3] |= 0x80 >> (row & 7);
  return { seed: telcoSplitSeeds[index], holdout: Buffer.from(bits).toString('base64') };
});
writeFileSync(
  new URL('telcoSplits.json', import.meta.url),
  `${JSON.stringify({ rows: table.rowCount, splits }, null, 1)}\n`,
);

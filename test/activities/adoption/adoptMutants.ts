import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UnfitModel } from '../../../ml/onnx/foreign/UnfitModel.ts';
import { createRandom } from '../../../ml/random/createRandom.ts';
import { adoptHere, jobOf } from './support.ts';

// A process of its own, for what it tries may end it: model files cut off or with bits turned over, one after the other.
// Arguments: the folder of foreignModels, the seed, the first and the last number. A line of JSON at the end.

const [folder, seed, from, to] = process.argv.slice(2);
const names = ['scikit-learn-linear', 'network-column', 'lightgbm-pipeline', 'function-and-branch'];
const counts = { taken: 0, refused: 0 };
const others: string[] = [];
for (let number = Number(from); number < Number(to); number++) {
  const random = createRandom(Number(seed) + number);
  const bytes = await readFile(join(folder, `${names[number % names.length]}.onnx`));
  const cut = number % 5 === 0;
  if (!cut)
    for (let turned = random.below(8); turned >= 0; turned--)
      bytes[random.below(bytes.length)] ^= 1 << random.below(8);
  const file = join(folder, `mutant-${from}.onnx`);
  await writeFile(file, cut ? bytes.subarray(0, random.below(bytes.length)) : bytes);
  try {
    await adoptHere({ ...jobOf({ path: () => file, table: join(folder, 'table') }, 'mutant') });
    counts.taken++;
  } catch (error) {
    if (error instanceof UnfitModel && error.message.length > 40) counts.refused++;
    else others.push(`${number}: ${String(error)}`);
  }
}
process.stdout.write(`${JSON.stringify({ ...counts, others })}\n`);

import { readFileSync } from 'node:fs';
import { createTrainingPool } from '../../activities/training/createTrainingPool.ts';
import { decodeTable } from '../../ml/dataset/tableCodec.ts';
import { labelsOf } from '../../ml/dataset/labelsOf.ts';
import { rocAuc } from '../../ml/evaluation/rocAuc.ts';
import type { Recipe } from '../../ml/trainers/Recipe.ts';
import type { SideResult } from './SideResult.ts';
import { fitsOf, splitOf, telcoProblem } from './telcoProblem.ts';

// Our side of the Telco job: `holdfastTelco.ts TABLE RECIPE`. All candidates at once through the worker's own pool of two
// training threads, each with five folds and then the final fit with calibration, threshold and export to ONNX.

const [tablePath, recipeSet] = process.argv.slice(2);
const idleMegabytes = process.memoryUsage.rss() / 2 ** 20;
const started = performance.now();
const before = process.cpuUsage();
const { definition, recipes } = telcoProblem(recipeSet === 'original' ? 'original' : 'holdfast');
const table = decodeTable(new Uint8Array(readFileSync(tablePath)));
const split = splitOf(definition, table);
const parts = [...fitsOf(definition, split)];
const pool = createTrainingPool(2);
const { signal } = new AbortController();
const fits = (await Promise.all(recipes.map(train))).flat();
const seconds = (performance.now() - started) / 1000;
const { user, system } = process.cpuUsage(before);
await pool.close();
const result: SideResult = {
  seconds,
  cpuSeconds: (user + system) / 1e6,
  peakMegabytes: process.resourceUsage().maxRSS / 1024,
  idleMegabytes,
  fits,
};
process.stdout.write(`${JSON.stringify(result)}\n`);

async function train(recipe: Recipe): Promise<SideResult['fits']> {
  const base = { tablePath, definition, split, recipe };
  const folds = await Promise.all(
    Array.from({ length: definition.split.folds }, (_, fold) =>
      pool.fold({ kind: 'fold', ...base, fold }, signal),
    ),
  );
  const outOfFold = new Float64Array(split.train.length);
  const taken = new Int32Array(folds.length);
  split.foldOf.forEach((fold, place) => {
    outOfFold[place] = folds[fold].probabilities[taken[fold]++];
  });
  const metadata = {
    format: 1,
    model: definition.name,
    trainer: recipe.trainer,
    recipe: definition.recipe,
    seed: definition.seed,
    label: definition.label,
    id: definition.id ?? null,
    datasetDigest: '0'.repeat(64),
    definitionDigest: '0'.repeat(64),
  } as const;
  const final = await pool.final({ kind: 'final', ...base, outOfFold, metadata }, signal);
  const answers = [...folds.map(fold => fold.probabilities), final.holdoutProbabilities];
  return answers.map((probabilities, index) => ({
    name: `${recipe.trainer} ${parts[index].name}`,
    seconds: index < folds.length ? folds[index].seconds : final.seconds,
    rocAuc: rocAuc(labelsOf(table, parts[index].evaluate), probabilities),
  }));
}

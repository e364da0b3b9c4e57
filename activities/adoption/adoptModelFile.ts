import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { InferenceSession } from 'onnxruntime-node';
import { labelsOf } from '../../ml/dataset/labelsOf.ts';
import { splitTable, type TableSplit } from '../../ml/dataset/splitTable.ts';
import type { Table } from '../../ml/dataset/Table.ts';
import { decodeTable } from '../../ml/dataset/tableCodec.ts';
import { chooseThreshold } from '../../ml/evaluation/chooseThreshold.ts';
import { crossValidationMetrics } from '../../ml/evaluation/crossValidationMetrics.ts';
import { evaluate } from '../../ml/evaluation/evaluate.ts';
import { fitEncoder } from '../../ml/features/fitEncoder.ts';
import { chooseOutputs } from '../../ml/onnx/foreign/chooseOutputs.ts';
import { type AdoptedModel, exportAdopted } from '../../ml/onnx/foreign/exportAdopted.ts';
import { planInputs } from '../../ml/onnx/foreign/planInputs.ts';
import { readForeignModel } from '../../ml/onnx/foreign/readForeignModel.ts';
import { UnfitModel } from '../../ml/onnx/foreign/UnfitModel.ts';
import type { ModelMetadata } from '../../ml/onnx/ModelMetadata.ts';
import { signatureInputs } from '../../ml/onnx/signatureInputs.ts';
import { applyCalibration } from '../../ml/trainers/calibration/applyCalibration.ts';
import { calibrateIfBetter } from '../../ml/trainers/calibration/calibrateIfBetter.ts';
import type { Calibration } from '../../ml/trainers/Pipeline.ts';
import { scoreTable } from '../training/scoreTable.ts';
import type { AdoptedFile, AdoptionJob } from './AdoptionJob.ts';
import { checkProbabilities } from './checkProbabilities.ts';
import { isReversed } from './isReversed.ts';
import { checkLatency, measureLatency } from './measureLatency.ts';
import { openSession } from './openSession.ts';
import { type ProbeRows, rowsOfTable, withoutValues, withUnseenLevels } from './ProbeRows.ts';
import { readOutOfFold } from './readOutOfFold.ts';
import { readSamples } from './readSamples.ts';
import { type ForeignAnswers, runForeign } from './runForeign.ts';
import { scoreRows } from './scoreRows.ts';

// A foreign model file becomes one of ours, or is refused with the reason: read, tried on rows of the table as they are, without
// values and with unseen words, rewritten, held against itself and against sample predictions, timed, and evaluated on the
// holdout. Runs in a process of its own (adoptionProcess.ts): a file made to harm must harm nobody else.

const TOLERANCE = 1e-5;
const PROBE_ROWS = 200;
const ALONE_ROWS = 5;

interface Probe {
  readonly rows: ProbeRows;
  readonly about: { readonly rows: string; readonly remedy: string };
}

/** @throws UnfitModel that says what, where, what was expected and what to do */
export async function adoptModelFile(job: AdoptionJob): Promise<AdoptedFile> {
  const { definition, metadata } = job;
  const foreign = readForeignModel(await readFile(job.file));
  const plan = planInputs(foreign, definition, job.columns);
  const outputs = chooseOutputs(foreign);
  const table = decodeTable(await readFile(job.table));
  const split = splitTable(table, { ...definition.split, seed: definition.seed });
  const probes = probesOf(table, job);
  const answers = await answersOfForeign(await readFile(job.file), { plan, outputs }, probes);
  const { width } = answers[0];
  const inputs = signatureInputs(definition, fitEncoder(table, split.train, { standardise: false }));
  const raw: AdoptedModel & ModelMetadata = {
    ...metadata,
    ...wordsOf(definition),
    foreign,
    plan,
    outputs,
    width,
    reversed: isReversed(answers[0], definition.label),
    calibration: null,
    threshold: 0.5,
    inputs,
  };
  const uncalibrated = exportAdopted(raw, { ...metadata, threshold: raw.threshold, inputs });
  await withSession(uncalibrated, async session => {
    await checkDeterminism(session, { inputs }, probes[0].rows);
    for (const [place, { rows, about }] of probes.entries())
      checkParity(
        await scoreRows(session, { inputs }, rows),
        positiveOf(answers[place], raw.reversed),
        about.rows,
      );
  });
  const choice = await choose(job, table, split, { onnx: uncalibrated, inputs });
  const { calibration, threshold } = choice;
  const onnx = exportAdopted({ ...raw, calibration, threshold }, { ...metadata, threshold, inputs });
  const holdout = await scoreTable(onnx, { inputs }, table, split.holdout);
  const metrics = evaluate(labelsOf(table, split.holdout), holdout, threshold, definition.offer);
  const { latency, samplesMet } = await withSession(onnx, async session => ({
    samplesMet: job.samples === null ? null : await checkSamples(job, session, { inputs }, calibration),
    latency: await measureLatency(session, { inputs }, probes[0].rows),
  }));
  if (!job.allowSlow) checkLatency(latency);
  await writeFile(join(job.output, 'model.onnx'), onnx);
  if (choice.outOfFold !== null)
    await writeFile(join(job.output, 'outOfFold'), new Uint8Array(choice.outOfFold.buffer));
  return {
    metrics,
    crossValidation: choice.crossValidation,
    threshold,
    calibrated: calibration !== null,
    notes: [...plan.notes, ...warnings(metrics.rocAuc)],
    latency,
    producer: foreign.producer,
    operatorSets: Object.fromEntries(
      [...foreign.operatorSets].map(([domain, set]) => [domain || 'ai.onnx', set]),
    ),
    samplesMet,
  };
}

const wordsOf = ({
  label,
}: AdoptionJob['definition']): Pick<AdoptedModel, 'positiveLabel' | 'negativeLabel'> => ({
  positiveLabel: label.positive,
  negativeLabel: label.negative,
});

/** Rows spread over the table; the same without values where they may be missing; the same with words nobody has met. */
function probesOf(table: Table, { definition }: AdoptionJob): Probe[] {
  const count = Math.min(PROBE_ROWS, table.rowCount);
  const rows = rowsOfTable(
    table,
    Int32Array.from({ length: count }, (_, place) => Math.floor((place * table.rowCount) / count)),
  );
  const without = withoutValues(rows, definition);
  const unseen = withUnseenLevels(rows);
  const shown = Object.entries(definition.columns).flatMap(([name, { missing }]) =>
    missing === 'impute' ? [name] : [],
  );
  return [
    {
      rows,
      about: {
        rows: 'rows of the table',
        remedy: 'Check the weights, and that it takes the columns as the table holds them.',
      },
    },
    ...(without === null
      ? []
      : [
          {
            rows: without,
            about: {
              rows: `rows without ${shown.join(', ')}`,
              remedy: `These may be missing (missing: 'impute'): put an imputer into the pipeline that you export, or say missing: 'reject' in the definition.`,
            },
          },
        ]),
    ...(unseen === null
      ? []
      : [
          {
            rows: unseen,
            about: {
              rows: 'rows with words that training did not meet',
              remedy: `Such words come while serving: export with an encoder that takes them, OneHotEncoder(handle_unknown='ignore').`,
            },
          },
        ]),
  ];
}

async function answersOfForeign(
  bytes: Uint8Array,
  how: Pick<AdoptedModel, 'plan' | 'outputs'>,
  probes: readonly Probe[],
): Promise<ForeignAnswers[]> {
  return withSession(bytes, async session => {
    const answers: ForeignAnswers[] = [];
    for (const { rows, about } of probes) {
      const answered = await runForeign(session, how, rows, about);
      checkProbabilities(answered, about);
      answers.push(answered);
    }
    return answers;
  });
}

async function withSession<T>(onnx: Uint8Array, work: (session: InferenceSession) => Promise<T>): Promise<T> {
  const session = await openSession(onnx);
  try {
    return await work(session);
  } finally {
    await session.release();
  }
}

const positiveOf = ({ width, values }: ForeignAnswers, reversed: boolean): Float64Array =>
  width === 1 ? values : values.filter((_, place) => place % 2 === (reversed ? 0 : 1));

function checkParity(found: Float64Array, expected: Float64Array, rows: string): void {
  const row = found.findIndex((value, place) => !(Math.abs(value - expected[place]) <= TOLERANCE));
  if (row >= 0)
    throw new UnfitModel(
      `Rewritten for operator set 17, the file answers ${found[row]} for row ${row + 1} of ${rows}, and ${expected[row]} as it came; expected a difference of at most ${TOLERANCE}. Export it for that set: target_opset={'': 17, 'ai.onnx.ml': 3}.`,
    );
}

/** The same rows answer the same, together, again and one by one. */
async function checkDeterminism(
  session: InferenceSession,
  metadata: Pick<ModelMetadata, 'inputs'>,
  rows: ProbeRows,
): Promise<void> {
  const [first, second] = [
    await scoreRows(session, metadata, rows),
    await scoreRows(session, metadata, rows),
  ];
  const changed = first.findIndex((value, row) => value !== second[row]);
  if (changed >= 0)
    throw new UnfitModel(
      `The file answers ${first[changed]} and then ${second[changed]} for the same row; expected the same answer each time. Export it for inference, without dropout or random operators (model.eval() in PyTorch).`,
    );
  for (let row = 0; row < Math.min(ALONE_ROWS, rows.rowCount); row++) {
    const alone = {
      rowCount: 1,
      columns: new Map([...rows.columns].map(([name, values]) => [name, values.slice(row, row + 1)])),
    };
    const [value] = await scoreRows(session, metadata, alone);
    if (!(Math.abs(value - first[row]) <= TOLERANCE))
      throw new UnfitModel(
        `The file answers ${value} for a row alone and ${first[row]} for the same row among others; expected the same. A fixed batch size or batch statistics are left in it: export it for inference with an open first dimension.`,
      );
  }
}

interface Choice {
  readonly calibration: Calibration | null;
  readonly threshold: number;
  readonly outOfFold: Float64Array | null;
  readonly crossValidation: AdoptedFile['crossValidation'];
}

/** Calibration and threshold from out-of-fold predictions, as for our own; without them the threshold from the training part. */
async function choose(
  job: AdoptionJob,
  table: Table,
  { train, foldOf }: TableSplit,
  model: { readonly onnx: Uint8Array; readonly inputs: ModelMetadata['inputs'] },
): Promise<Choice> {
  const { definition } = job;
  const labels = labelsOf(table, train);
  const onTraining = await scoreTable(model.onnx, model, table, train);
  if (job.outOfFold === null)
    return {
      calibration: null,
      threshold: job.threshold ?? chooseThreshold(labels, onTraining, definition.offer),
      outOfFold: null,
      crossValidation: {},
    };
  const outOfFold = await readOutOfFold(job.outOfFold, train.length);
  if (outOfFold.every((value, row) => Math.abs(value - onTraining[row]) <= TOLERANCE))
    throw new UnfitModel(
      'outOfFold holds what the returned model itself answers for the rows that it was trained on; expected for each fold what a model answered that was trained on the other folds.',
    );
  const calibration = calibrateIfBetter(labels, outOfFold, foldOf);
  return {
    calibration,
    threshold:
      job.threshold ?? chooseThreshold(labels, applyCalibration(calibration, outOfFold), definition.offer),
    outOfFold,
    crossValidation: crossValidationMetrics({
      labels,
      probabilities: outOfFold,
      foldOf,
      calibrate: true,
      offer: definition.offer,
    }),
  };
}

async function checkSamples(
  { samples, samplesShownAs, definition }: AdoptionJob,
  session: InferenceSession,
  metadata: Pick<ModelMetadata, 'inputs'>,
  calibration: Calibration | null,
): Promise<number> {
  const { rows, probabilities } = await readSamples(samples ?? '', samplesShownAs, definition);
  const found = await scoreRows(session, metadata, rows);
  const expected = applyCalibration(calibration, probabilities);
  const row = found.findIndex((value, place) => !(Math.abs(value - expected[place]) <= TOLERANCE));
  if (row < 0) return rows.rowCount;
  const swapped = found.every((value, place) => Math.abs(1 - value - expected[place]) <= TOLERANCE);
  throw new UnfitModel(
    `Row ${row + 1} of the samples ${samplesShownAs}: the file answers ${found[row]}, the sample says ${expected[row]}; expected a difference of at most ${TOLERANCE}. ${swapped ? 'The samples hold the negative outcome’s probability: give the positive one’s.' : 'Check that the samples are of this file, its columns in the order that it was trained on, and numbers trained as float32.'}`,
  );
}

const warnings = (rocAuc: number): string[] =>
  rocAuc < 0.5
    ? [
        `Its ROC AUC on the holdout is ${rocAuc.toFixed(3)}, below .5: the two outcomes may be swapped in its output.`,
      ]
    : [];

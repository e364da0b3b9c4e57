import { cancellationSignal, heartbeat } from '@temporalio/activity';
import { realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { foreignTrainersOf } from '../../ml/definition/foreignTrainersOf.ts';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import { MAXIMUM_FILE_BYTES } from '../../platform/maximumFileBytes.ts';
import type { ActivityPorts } from '../ActivityPorts.ts';
import { foreignMetadata } from '../adoption/foreignMetadata.ts';
import { runAdoption } from '../adoption/runAdoption.ts';
import { readDefinition } from '../runs/readDefinition.ts';
import type { TrainedCandidate } from '../training/trainCandidate.ts';
import { withPulse } from '../withPulse.ts';
import { exchangeFolder } from './exchangeFolder.ts';
import { type TrainerAnswer, trainerAnswer } from './trainerAnswer.ts';

interface AdoptCandidateInput {
  readonly runId: string;
  readonly trainer: string;
  /** Artifact digests. */
  readonly definition: string;
  readonly table: string;
  readonly datasetDigest: string;
  /** As the trainer returned it: not yet checked. */
  readonly answer: unknown;
  readonly seconds: number;
}

/**
 * What a trainer that is not ours made becomes a candidate: its file checked and rewritten as an imported one is, its figures,
 * calibration and threshold taken from its out-of-fold predictions.
 * @throws HoldfastError invalidArgument with the reason where it cannot be taken
 */
export const createAdoptCandidate =
  (ports: Pick<ActivityPorts, 'artifacts' | 'home'>) =>
  (input: AdoptCandidateInput): Promise<TrainedCandidate> =>
    withPulse(heartbeat, () => adopt(ports, input));

async function adopt(
  { artifacts, home }: Pick<ActivityPorts, 'artifacts' | 'home'>,
  input: AdoptCandidateInput,
): Promise<TrainedCandidate> {
  const { trainer, runId, seconds } = input;
  const definition = await readDefinition(artifacts, input.definition);
  const told = foreignTrainersOf(definition).find(({ name }) => name === trainer);
  if (told === undefined) throw new TypeError(`the definition names no trainer ${trainer}`);
  const answer = trainerAnswer(input.answer);
  const folder = exchangeFolder(home, runId, trainer);
  // An attempt after a crash finds them in the artifact store, whatever the trainer did to them since.
  const take = async (part: 'onnx' | 'outOfFold'): Promise<string> => {
    const { digest } = answer[part];
    if (!(await artifacts.has(digest))) await store(answer, part, folder);
    return artifacts.path(digest);
    async function store(from: TrainerAnswer, which: 'onnx' | 'outOfFold', within: string): Promise<void> {
      const path = await locate(from[which].uri, within, which);
      const found = await artifacts.putFile(path);
      if (found !== from[which].digest)
        throw new HoldfastError(
          'invalidArgument',
          `The trainer ${trainer} returned ${which} with the digest ${from[which].digest}, but the file's is ${found}. Digest the file after it is written.`,
        );
    }
  };
  const file = await take('onnx');
  const { size } = await stat(file);
  const adopted = await runAdoption(
    {
      file,
      table: await artifacts.path(input.table),
      definition,
      metadata: foreignMetadata(definition, {
        trainer,
        recipe: `task queue ${told.taskQueue}`,
        datasetDigest: input.datasetDigest,
      }),
      columns: null,
      threshold: null,
      outOfFold: await take('outOfFold'),
      samples: null,
      samplesShownAs: '',
      allowSlow: false,
    },
    { signal: cancellationSignal(), shownAs: `The file of the trainer ${trainer}` },
  );
  const { onnx, outOfFold, metrics, crossValidation, producer, operatorSets, calibrated, latency, notes } =
    adopted;
  return {
    trainer,
    digest: await artifacts.put(onnx),
    outOfFold: await artifacts.put(outOfFold ?? new Uint8Array()),
    metrics,
    crossValidation,
    parameters: {
      trainer,
      origin: 'task queue',
      taskQueue: told.taskQueue,
      parameters: { ...told.parameters, about: answer.about },
      file: { name: '', digest: answer.onnx.digest, bytes: size },
      producer,
      operatorSets,
      calibrated,
      latency,
      samplesMet: null,
      notes,
    },
    seconds,
  };
}

/** The path of a returned file: in the folder that was given for it and nowhere else, by links neither. */
async function locate(uri: string, folder: string, part: string): Promise<string> {
  const refuse = (why: string, cause?: unknown): never => {
    throw new HoldfastError('invalidArgument', `The trainer returned ${part} as ${uri}${why}`, { cause });
  };
  // The trainer may write in `folder`: where `output` itself became a link, what lies behind it is outside.
  const output = join(await realpath(folder), 'output');
  const path = await find(uri).catch((cause: unknown) =>
    refuse(
      `, which cannot be read; expected a file in ${output}, the request's output. Write it there.`,
      cause,
    ),
  );
  if (!path.startsWith(`${output}${sep}`))
    refuse(`; expected a file in ${output}, the request's output. Write it there.`);
  const found = await stat(path);
  if (!found.isFile())
    refuse(', which is no regular file; expected one. Write a file and return its address.');
  if (found.size > MAXIMUM_FILE_BYTES)
    refuse(` of ${found.size} bytes; expected at most ${MAXIMUM_FILE_BYTES}. Make the model smaller.`);
  return path;
}

const find = async (uri: string): Promise<string> => realpath(fileURLToPath(uri));

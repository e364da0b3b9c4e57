import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { UnfitModel } from '../../ml/onnx/foreign/UnfitModel.ts';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import { didYouMean } from '../../platform/suggest.ts';
import { writeFileAtomically } from '../../platform/writeFileAtomically.ts';
import { adoptModelFile } from './adoptModelFile.ts';
import type { AdoptionJob, AdoptionOutcome } from './AdoptionJob.ts';
import { endWithParent } from './endWithParent.ts';

// The process in which a foreign model file is read and run: a job on stdin, `outcome.json` and `model.onnx` in the job's folder.
// Arguments: its parent's process id, and the milliseconds that it may live. It knows no database and no address. What is not a refusal ends it with a stack on stderr and exit code 1.

const [parent, limitMs] = process.argv.slice(2).map(Number);
endWithParent({ parent, limitMs });
// A job comes from runAdoption alone, which is in the same package and typed.
const job: AdoptionJob = JSON.parse(await text(process.stdin));
const outcome = await attempt();
await writeFileAtomically(join(job.output, 'outcome.json'), JSON.stringify(outcome));

async function attempt(): Promise<AdoptionOutcome> {
  try {
    return { adopted: await adoptModelFile(job) };
  } catch (error) {
    if (error instanceof UnfitModel)
      return {
        refused: `${error.message}${error.unknown === null ? '' : didYouMean(error.unknown, error.known)}`,
      };
    if (error instanceof HoldfastError) return { refused: error.message };
    throw error;
  }
}

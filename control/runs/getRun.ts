import { noSuchRun } from '../../db/runs/noSuchRun.ts';
import { isForModel } from '../../platform/access/assertModel.ts';
import type { Principal } from '../../platform/access/Principal.ts';
import type { GetRunRequest, Run } from '../../proto/gen/holdfast/v1/run.ts';
import type { ControlPorts } from '../ControlPorts.ts';
import { readRun } from './readRun.ts';

/** One run as it is now. @throws HoldfastError notFound, also where it is of a model that the caller may not touch */
export async function getRun(
  ports: ControlPorts,
  { run: reference }: GetRunRequest,
  principal: Pick<Principal, 'models'>,
): Promise<Run> {
  const run = await readRun(ports, reference);
  if (!isForModel(principal, run.model)) throw noSuchRun(reference);
  return run;
}

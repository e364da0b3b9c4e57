import type { GetRunRequest, Run } from '../../proto/gen/holdfast/v1/run.ts';
import type { ControlPorts } from '../ControlPorts.ts';
import { readRun } from './readRun.ts';

/** One run as it is now. @throws HoldfastError notFound */
export const getRun = (ports: ControlPorts, { run }: GetRunRequest): Promise<Run> => readRun(ports, run);

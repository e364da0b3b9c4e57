import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { keepModel } from './keepModel.ts';
import { type ServedTrainer, servedModel } from './servedModel.ts';

/** A folder for each trainer whose model is served: made, with the model, when it is first asked for. */
export function createHomes(
  folder: string,
  report: (line: string) => void,
): (trainer: ServedTrainer) => Promise<string> {
  const homes = new Map<ServedTrainer, Promise<string>>();
  const make = async (trainer: ServedTrainer): Promise<string> => {
    report(`training ${trainer} on simulated customers …`);
    const home = join(folder, trainer);
    await mkdir(home);
    await keepModel(home, servedModel(trainer));
    return home;
  };
  return trainer => {
    const home = homes.get(trainer) ?? make(trainer);
    homes.set(trainer, home);
    return home;
  };
}

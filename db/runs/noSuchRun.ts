import { HoldfastError } from '../../platform/HoldfastError.ts';

export const noSuchRun = (id: string): HoldfastError =>
  new HoldfastError('notFound', `There is no run ${JSON.stringify(id)}. See \`./holdfast runs list\`.`);

import { HoldfastError } from '../HoldfastError.ts';

export const noSuchMethod = (path: string): HoldfastError =>
  new HoldfastError(
    'unimplemented',
    `The server does not implement the method ${path}. Its reflection service lists those that it does.`,
  );

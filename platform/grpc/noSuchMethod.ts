import { HoldfastError } from '../HoldfastError.ts';

export const noSuchMethod = (path: string): HoldfastError =>
  new HoldfastError(
    'unimplemented',
    `The server does not implement the method ${path}. Is the client of another version?`,
  );

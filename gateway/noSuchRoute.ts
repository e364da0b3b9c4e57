import { HoldfastError } from '../platform/HoldfastError.ts';

export const noSuchRoute = (method: string, url: string): HoldfastError =>
  new HoldfastError(
    'notFound',
    `There is no ${method} ${url.split('?')[0]}. The routes are those of the google.api.http annotations in proto/.`,
  );

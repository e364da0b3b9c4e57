import { HoldfastError } from '../HoldfastError.ts';

/** Of a method that takes one message, and got another number: gRPC's own status for it (grpc/doc/statuscodes.md, cardinality violation). */
export const notOne = (count: number): HoldfastError =>
  new HoldfastError(
    'unimplemented',
    `The call carries ${count === 0 ? 'no message' : 'more than one message'}; expected one.`,
  );

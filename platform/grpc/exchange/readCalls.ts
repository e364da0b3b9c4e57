import { BinaryReader } from '@bufbuild/protobuf/wire';
import { Calls } from '../../../proto/gen/holdfast/v1/exchange.ts';
import { HoldfastError } from '../../HoldfastError.ts';
import { MOST_CALLS } from './exchangeLimits.ts';

/**
 * Counts before it reads: anybody may send one, an empty call takes two bytes, and what is made of it some hundred times that.
 * @throws HoldfastError resourceExhausted for more calls than one message may have
 */
export function readCalls(bytes: Buffer): Calls {
  const reader = new BinaryReader(bytes);
  for (let fields = 0; reader.pos < reader.len; fields++) {
    if (fields === MOST_CALLS)
      throw new HoldfastError(
        'resourceExhausted',
        `A message of the stream has more than ${MOST_CALLS} calls. Send them in several.`,
      );
    const [field, wireType] = reader.tag();
    reader.skip(wireType, field);
  }
  return Calls.decode(bytes);
}

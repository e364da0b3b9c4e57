import { BinaryReader } from '@bufbuild/protobuf/wire';
import { HoldfastError } from '../platform/HoldfastError.ts';
import { PredictRequest } from '../proto/gen/holdfast/v1/prediction.ts';

export const MAXIMUM_INSTANCES = 10_000;

/** The field number of PredictRequest.instances. */
const INSTANCES = 3;

/**
 * Decodes a request, having counted its instances first: two bytes are an empty instance, so that a message within the size
 * limit could otherwise fill the memory with millions of objects before anybody looked at their number.
 * @throws HoldfastError invalidArgument where there are too many; Error where the bytes are no such message
 */
export function decodePredictRequest(bytes: Uint8Array): PredictRequest {
  // Fewer bytes than two an instance cannot hold too many.
  if (bytes.length > 2 * MAXIMUM_INSTANCES) {
    const count = countInstances(bytes);
    if (count > MAXIMUM_INSTANCES) throw wrongCount(count);
  }
  return PredictRequest.decode(bytes);
}

function countInstances(bytes: Uint8Array): number {
  const reader = new BinaryReader(bytes);
  let count = 0;
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    if (field === INSTANCES) count++;
    reader.skip(wireType, field);
  }
  return count;
}

export const wrongCount = (count: number): HoldfastError =>
  new HoldfastError(
    'invalidArgument',
    `The request holds ${count === 0 ? 'no instance' : `${count} instances`}; expected 1 to ${MAXIMUM_INSTANCES}.${count === 0 ? '' : ' Split it into several requests.'}`,
    {
      violations: [
        { field: 'instances', description: `expected 1 to ${MAXIMUM_INSTANCES} instances, got ${count}` },
      ],
    },
  );

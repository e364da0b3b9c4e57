import { HoldfastError } from '../../platform/HoldfastError.ts';
import type {
  ModelInferRequest,
  ModelInferRequest_InferInputTensor,
} from '../../proto/gen/inference/grpc_service.ts';
import { expectation, InstanceReader, whatInstead } from '../InstanceReader.ts';
import { MAXIMUM_INSTANCES } from '../PredictCall.ts';
import { IGNORED, type Signature } from '../Signature.ts';
import { readNumbers, readRawNumbers, readRawTexts, readTexts } from './decodeTensor.ts';
import { type Datatype, inputTensor } from './tensors.ts';

// A ModelInferRequest's tensors as the columns of a model. What is wrong with a tensor refuses the request at once; what is
// wrong with a value is a fault of the reader, by row and column as in Predict.

/** @throws HoldfastError invalidArgument that names the input, what came and what was expected */
export function readInferRequest(
  request: ModelInferRequest,
  signature: Signature,
  maximumViolations: number,
): InstanceReader {
  const { inputs, rawInputContents } = request;
  if (inputs.length === 0)
    throw refusal('inputs', 'is empty; expected one tensor for each column of the model');
  const raw = rawInputContents.length > 0;
  if (raw && rawInputContents.length !== inputs.length)
    throw refusal(
      'raw_input_contents',
      `has ${rawInputContents.length} entries; expected one for each of the ${inputs.length} inputs, or none`,
    );
  const rowCount = rowsOf(inputs[0]);
  const reader = new InstanceReader(signature, rowCount, { maximumViolations });
  const given = new Set<string>();
  for (const [at, tensor] of inputs.entries()) {
    const place = placeOf(tensor, signature);
    if (given.has(tensor.name)) throw faultOf(tensor, 'is there twice; expected once');
    given.add(tensor.name);
    if (rowsOf(tensor) !== rowCount)
      throw faultOf(
        tensor,
        `has ${rowsOf(tensor)} rows, and ${inputs[0].name} has ${rowCount}; expected as many in every input`,
      );
    if (raw && tensor.contents !== undefined)
      throw faultOf(tensor, 'has contents beside raw_input_contents; send either');
    if (place !== IGNORED) readTensor(reader, place, tensor, raw ? rawInputContents[at] : null);
  }
  for (const input of signature.inputs)
    if (input.missing === 'reject' && !given.has(input.name))
      reader.fault(`inputs.${input.name}`, `is missing; expected ${expectation(input)}`);
  return reader;
}

function readTensor(
  reader: InstanceReader,
  place: number,
  tensor: ModelInferRequest_InferInputTensor,
  raw: Buffer | null,
): void {
  const { datatype } = inputTensor(reader.signature.inputs[place]);
  if (tensor.datatype !== datatype)
    throw faultOf(tensor, `is ${tensor.datatype || 'of no datatype'}; expected ${datatype}`);
  if (raw === null) refuseOtherContents(tensor, datatype);
  try {
    if (datatype === 'FP32')
      if (raw === null) readNumbers(reader, place, tensor.contents?.fp32Contents ?? []);
      else readRawNumbers(reader, place, raw);
    else if (raw === null) readTexts(reader, place, tensor.contents?.bytesContents ?? []);
    else readRawTexts(reader, place, raw);
  } catch (error) {
    if (error instanceof RangeError) throw faultOf(tensor, error.message);
    throw error;
  }
}

/** The contents of every datatype have a field of their own; those in another one would not be looked at. */
function refuseOtherContents(tensor: ModelInferRequest_InferInputTensor, datatype: Datatype): void {
  const expected = contentsOf[datatype];
  for (const [name, elements] of Object.entries(tensor.contents ?? {}))
    if (name !== expected && elements.length > 0)
      throw faultOf(
        tensor,
        `has its elements in ${toProtoName(name)}; expected ${datatype} in ${toProtoName(expected)}`,
      );
}

const contentsOf = { FP32: 'fp32Contents', BYTES: 'bytesContents' } as const;
const toProtoName = (name: string): string => name.replace('Contents', '_contents');

function placeOf(tensor: ModelInferRequest_InferInputTensor, { places, names }: Signature): number {
  const place = places.get(tensor.name);
  if (place !== undefined) return place;
  throw faultOf(tensor, `is not an input of the model${whatInstead(tensor.name, names)}`);
}

/** Shape [N, 1], or [N]. */
function rowsOf(tensor: ModelInferRequest_InferInputTensor): number {
  const { shape } = tensor;
  const [rows = 0n, width = 1n] = shape;
  if (shape.length === 0 || shape.length > 2 || width !== 1n)
    throw faultOf(tensor, `has the shape [${shape.join(', ')}]; expected [rows, 1]`);
  if (rows < 1n)
    throw faultOf(
      tensor,
      `has the shape [${shape.join(', ')}]; expected [rows, 1], with the number of rows that it holds, 1 to ${MAXIMUM_INSTANCES}`,
    );
  if (rows > BigInt(MAXIMUM_INSTANCES))
    throw faultOf(
      tensor,
      `has ${rows} rows; expected 1 to ${MAXIMUM_INSTANCES}. Split it into several requests`,
    );
  return Number(rows);
}

const faultOf = ({ name }: ModelInferRequest_InferInputTensor, description: string): HoldfastError =>
  refusal(`inputs.${name}`, description);

const refusal = (field: string, description: string): HoldfastError =>
  new HoldfastError('invalidArgument', `${field} ${description}.`, {
    violations: [{ field, description }],
  });

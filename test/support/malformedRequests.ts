import { Client, credentials, type ServiceError, status } from '@grpc/grpc-js';
import type { Random } from '../../ml/random/createRandom.ts';
import { PredictRequest } from '../../proto/gen/holdfast/v1/prediction.ts';
import { goodInstance } from './smallModel.ts';
import { testMetadata } from './testAccess.ts';
import type { Served } from './withInference.ts';

// Requests whose bytes are wrong in some way, sent as they are.

const PATH = '/holdfast.v1.PredictionService/Predict';

/** What came of sending these very bytes: OK, or the status's name. */
export function send(client: Client, bytes: Buffer): Promise<string> {
  return new Promise(resolve => {
    client.makeUnaryRequest(
      PATH,
      (given: Buffer) => given,
      (answer: Buffer) => answer,
      bytes,
      testMetadata(),
      (error: ServiceError | null) => resolve(error === null ? 'OK' : status[error.code]),
    );
  });
}

export async function withRawClient<T>(
  { inference }: Served,
  test: (client: Client) => Promise<T>,
): Promise<T> {
  const client = new Client(`127.0.0.1:${inference.port}`, credentials.createInsecure(), {
    'grpc.max_send_message_length': -1,
  });
  try {
    return await test(client);
  } finally {
    client.close();
  }
}

export const validRequest = Buffer.from(
  PredictRequest.encode({ model: 'churn', version: '', instances: [goodInstance, goodInstance] }).finish(),
);

const columns = Object.entries(goodInstance).map(([name, value]) =>
  typeof value === 'number'
    ? { name, numbers: [value, value], texts: [], codes: [], missing: [] }
    : { name, numbers: [], texts: [value], codes: [0, 0], missing: [] },
);
export const validColumns = Buffer.from(
  PredictRequest.encode({ model: 'churn', version: '', instances: [], columns: { columns } }).finish(),
);

/** Noise, or a valid request of either form, with its beginning cut off or a few bytes replaced. */
export function drawMalformed(random: Random): Buffer {
  if (random.below(3) === 0)
    return Buffer.from(Array.from({ length: random.below(200) }, () => random.below(256)));
  const valid = random.below(2) === 0 ? validRequest : validColumns;
  const cut = random.below(3) === 0 ? random.below(valid.length) : 0;
  return mutate(Buffer.from(valid.subarray(cut)), random);
}

/** The bytes with a few of them replaced at random. */
function mutate(bytes: Buffer, random: Random): Buffer {
  const changes = 1 + random.below(4);
  for (let change = 0; change < changes && bytes.length > 0; change++)
    bytes[random.below(bytes.length)] = random.below(256);
  return bytes;
}

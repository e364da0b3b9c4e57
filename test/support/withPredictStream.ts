import { Client, type ClientDuplexStream, credentials } from '@grpc/grpc-js';
import {
  type PredictRequest,
  type PredictResponse,
  PredictionServiceService,
} from '../../proto/gen/holdfast/v1/prediction.ts';
import { testMetadata } from './testAccess.ts';

export type PredictStream = ClientDuplexStream<PredictRequest, PredictResponse>;

/** One PredictStream to a server at a port, over a connection of its own. */
export async function withPredictStream<T>(
  port: number,
  test: (stream: PredictStream) => Promise<T>,
  metadata = testMetadata(),
): Promise<T> {
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  const { path, requestSerialize, responseDeserialize } = PredictionServiceService.predictStream;
  try {
    return await test(client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, metadata));
  } finally {
    client.close();
  }
}

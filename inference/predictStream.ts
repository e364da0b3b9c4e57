import { ofMessage } from '../platform/grpc/ofMessage.ts';
import type { PredictCall } from './PredictCall.ts';
import { type Caller, predict, type Predicted, type PredictContext } from './predict.ts';

/** Each request answered in its turn, until the first that cannot be. @throws HoldfastError as predict, with the message's number */
export async function* predictStream(
  context: PredictContext,
  requests: AsyncIterable<PredictCall>,
  caller: Caller,
): AsyncGenerator<Predicted> {
  let number = 0;
  for await (const request of requests) {
    number++;
    let answer: Predicted;
    try {
      answer = await predict(context, request, caller);
    } catch (error) {
      throw ofMessage(number, error);
    }
    yield answer;
  }
}

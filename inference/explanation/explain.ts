import type { ExplainResponse } from '../../proto/gen/holdfast/v1/prediction.ts';
import type { PredictCall } from '../PredictCall.ts';
import { type Caller, type PredictContext, readRequest } from '../predict.ts';
import { scoredModel } from '../scoredModel.ts';
import { explainRows } from './explainRows.ts';

/**
 * Explain, apart from any transport. Instances are read by Predict's rules.
 * @throws HoldfastError as predict and explainRows
 */
export async function explain(
  context: Pick<PredictContext, 'store' | 'defaultModel' | 'onUnseenLevel'>,
  request: PredictCall,
  caller: Caller,
): Promise<ExplainResponse> {
  const { store, defaultModel } = context;
  const model = scoredModel(request.model, defaultModel, caller.principal);
  return store.use(model, request.version, async loaded => {
    const columns = await readRequest(context, loaded, request, caller);
    return explainRows(loaded, columns, await loaded.evaluate(columns, caller), caller);
  });
}

import type { InferenceSession } from 'onnxruntime-node';
import type { ChosenOutputs } from '../../ml/onnx/foreign/chooseOutputs.ts';
import type { InputPlan } from '../../ml/onnx/foreign/planInputs.ts';
import { UnfitModel } from '../../ml/onnx/foreign/UnfitModel.ts';
import { feedForeign } from './feedForeign.ts';
import { messageOf } from './openSession.ts';
import type { ProbeRows } from './ProbeRows.ts';

export interface ForeignAnswers {
  readonly width: 1 | 2;
  /** Row by row, `width` each. */
  readonly values: Float64Array;
  readonly labels: readonly string[] | null;
}

/**
 * What the file itself, as it came, answers.
 * @param about which rows, for the message
 * @throws UnfitModel where it fails on the rows, or answers something of another size
 */
export async function runForeign(
  session: InferenceSession,
  { plan, outputs }: { readonly plan: InputPlan; readonly outputs: ChosenOutputs },
  rows: ProbeRows,
  about: { readonly rows: string; readonly remedy: string },
): Promise<ForeignAnswers> {
  const { probabilities, label } = outputs;
  const names = label === null ? [probabilities.name] : [probabilities.name, label.name];
  let answered: InferenceSession.OnnxValueMapType;
  try {
    answered = await session.run(feedForeign(plan, rows), names);
  } catch (cause) {
    throw new UnfitModel(`The file fails on ${about.rows}: ${messageOf(cause)}. ${about.remedy}`, { cause });
  }
  const { data } = answered[probabilities.name];
  const width = data.length / rows.rowCount;
  if (width !== 1 && width !== 2)
    throw new UnfitModel(
      `The output ${JSON.stringify(probabilities.name)} has ${data.length} values for ${rows.rowCount} rows; expected one or two a row. Export the probabilities of a yes/no outcome, with an open first dimension.`,
    );
  const labels = label === null ? null : Array.from(answered[label.name].data, String);
  return { width, values: Float64Array.from(data, Number), labels };
}

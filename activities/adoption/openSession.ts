import { InferenceSession } from 'onnxruntime-node';
import { UnfitModel } from '../../ml/onnx/foreign/UnfitModel.ts';

/** A session as inference opens its own. @throws UnfitModel where ONNX Runtime does not take the file */
export async function openSession(onnx: Uint8Array): Promise<InferenceSession> {
  try {
    return await InferenceSession.create(onnx, {
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      logSeverityLevel: 4,
    });
  } catch (cause) {
    throw new UnfitModel(
      `ONNX Runtime does not take the file: ${messageOf(cause)}. Check it with onnx.checker.check_model(FILE, full_check=True), and export it anew.`,
      { cause },
    );
  }
}

/** One line, and no longer than a person reads. */
export const messageOf = (cause: unknown): string =>
  (cause instanceof Error ? cause.message : String(cause)).replace(/\s+/g, ' ').slice(0, 400);

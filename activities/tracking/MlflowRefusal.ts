import { z } from 'zod';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import { shorten } from '../../platform/shorten.ts';
import { parseJson } from './parseJson.ts';

/** What MLflow itself said no to, by its own code: `RESOURCE_DOES_NOT_EXIST`, `INVALID_PARAMETER_VALUE`, … */
export class MlflowRefusal extends HoldfastError {
  readonly reason: string;

  constructor(reason: string, message: string) {
    // Only what we sent ourselves stays wrong. That something is not there, or is there already, another attempt looks at anew.
    super(['INVALID_PARAMETER_VALUE', 'BAD_REQUEST'].includes(reason) ? 'internal' : 'unavailable', message);
    this.reason = reason;
  }
}

const body = z.object({ error_code: z.string().min(1), message: z.string().default('') });

/** The error for an answer that is none: MLflow's own refusal, or that of something before it. */
export function mlflowRefusal(url: string, path: string, status: number, text: string): HoldfastError {
  if (status === 401 || status === 403)
    return new HoldfastError(
      'unavailable',
      `MLflow at ${url} does not let us in (${status}). Set MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, and start Holdfast again.`,
    );
  const said = shorten(text.trim(), 500);
  const refusal = body.safeParse(parseJson(text));
  if (status >= 400 && status < 500 && status !== 429 && refusal.success)
    return new MlflowRefusal(
      refusal.data.error_code,
      `MLflow at ${url} refused ${path}: ${refusal.data.error_code} ${shorten(refusal.data.message, 500)}`,
    );
  return new HoldfastError(
    'unavailable',
    `MLflow at ${url} answered ${path} with status ${status}${said === '' ? '' : `: ${said}`}. Check MLFLOW_TRACKING_URI, or wait until the server is well again.`,
  );
}

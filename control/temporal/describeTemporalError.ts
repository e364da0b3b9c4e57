import { status } from '@grpc/grpc-js';
import { HoldfastError } from '../../platform/HoldfastError.ts';

const away = new Set<unknown>([
  status.UNAVAILABLE,
  status.DEADLINE_EXCEEDED,
  status.RESOURCE_EXHAUSTED,
  status.CANCELLED,
]);

/** The error for the user where the connection to Temporal is at fault; any other error unchanged. */
export function describeTemporalError(error: unknown, address: string, namespace: string): unknown {
  if (error instanceof HoldfastError || !(error instanceof Error)) return error;
  const { code, details } = grpcStatus(error);
  if (away.has(code) || /failed to connect/i.test(error.message))
    return new HoldfastError(
      'unavailable',
      `Temporal at ${address} does not answer (${details || error.message}). Start it with \`npm start\`, or correct TEMPORAL_ADDRESS; \`./holdfast status\` shows what runs.`,
      { cause: error },
    );
  if (code === status.NOT_FOUND && /namespace/i.test(details))
    return new HoldfastError(
      'failedPrecondition',
      `Temporal at ${address} has no namespace ${namespace}. Create it with \`temporal operator namespace create --namespace ${namespace}\`, or correct TEMPORAL_NAMESPACE.`,
      { cause: error },
    );
  if (code === status.PERMISSION_DENIED || code === status.UNAUTHENTICATED)
    return new HoldfastError(
      'failedPrecondition',
      `Temporal at ${address} refuses control (${details}). Give control the right to use the namespace ${namespace}.`,
      { cause: error },
    );
  return error;
}

/** The SDK wraps what gRPC said into errors of its own; the innermost status counts. */
function grpcStatus(error: Error): { code: unknown; details: string } {
  if ('code' in error && typeof error.code === 'number')
    return { code: error.code, details: 'details' in error ? String(error.details) : error.message };
  return error.cause instanceof Error ? grpcStatus(error.cause) : { code: undefined, details: '' };
}

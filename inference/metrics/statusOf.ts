import { status } from '@grpc/grpc-js';
import { errorCodes, HoldfastError } from '../../platform/HoldfastError.ts';
import type { Waiting } from '../createBatcher.ts';

/** gRPC's number for what became of a failed request; of one that its caller gave up, that it did. */
export function statusOf(error: unknown, { cancelled, deadline }: Waiting): number {
  if (cancelled) return Date.now() >= deadline ? status.DEADLINE_EXCEEDED : status.CANCELLED;
  return error instanceof HoldfastError ? errorCodes[error.code].grpc : status.INTERNAL;
}

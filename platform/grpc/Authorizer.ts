import type { HoldfastError } from '../HoldfastError.ts';
import type { Principal } from '../access/Principal.ts';
import type { CallMetadata } from './ServerCall.ts';

// Where a server learns who calls, and whether they may. There is no server without one.

export interface Authorizer {
  /** Asked once a method. @param path as `/holdfast.v1.PredictionService/Predict` */
  guard(path: string): Guard;
}

export interface Guard {
  /**
   * Who calls: asked for every call, before its request is read.
   * @returns a promise only where the caller is not known yet
   * @throws HoldfastError unauthenticated, permissionDenied
   */
  admit(metadata: CallMetadata): Principal | Promise<Principal>;
  /** Tells, once, when whoever made a call that goes on may no longer make it. @returns ends the watch */
  watch(metadata: CallMetadata, onLost: (error: HoldfastError) => void): () => void;
}

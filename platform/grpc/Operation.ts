/** What a call with an idempotency key does: the same for every call with the key. */
export interface Operation {
  /** Names it for good, and says nothing of the key. */
  readonly id: string;
  /** When it was asked for first. */
  readonly firstAt: Date;
  /** A call before this one may have done it, or a part of it, without telling. */
  readonly again: boolean;
}

import assert from 'node:assert/strict';
import { type ErrorCode, HoldfastError } from '../../platform/HoldfastError.ts';

/** For assert.rejects and assert.throws: an error for the user, with this code and a message that says it. */
export const expectError =
  (code: ErrorCode, message: RegExp) =>
  (error: unknown): boolean => {
    assert.ok(error instanceof HoldfastError, `expected a HoldfastError, got ${String(error)}`);
    assert.equal(error.code, code);
    assert.match(error.message, message);
    return true;
  };

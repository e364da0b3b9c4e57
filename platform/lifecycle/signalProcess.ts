import { HoldfastError } from '../HoldfastError.ts';

/** Sends the signal; a process (or, with a negative pid, a group) that is already gone is fine. @throws HoldfastError permissionDenied. */
export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ESRCH') return;
    throw new HoldfastError(
      'permissionDenied',
      `Process ${Math.abs(pid)} belongs to another user and cannot be stopped: stop it as that user, or set HOLDFAST_HOME to another folder.`,
      { cause: error },
    );
  }
}

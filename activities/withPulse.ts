const pulseEveryMs = 1000;

/**
 * Heartbeats at once and every second for as long as the work lasts, waiting for a thread or the database included: a silent
 * activity is taken for dead, and cancellation reaches an activity only through its heartbeats.
 */
export async function withPulse<T>(beat: () => void, work: () => Promise<T>): Promise<T> {
  beat();
  const pulse = setInterval(beat, pulseEveryMs);
  try {
    return await work();
  } finally {
    clearInterval(pulse);
  }
}

import type { TracedProcess, TracingSettings } from './TracingSettings.ts';

// Traces of this process, sent to an OpenTelemetry collector. Everybody else in the code asks OpenTelemetry's API alone, which
// answers nothing and does nothing where this was not started; what sends is loaded only then.

export interface Tracing {
  /** Whether spans are recorded: what costs something only then is asked for. */
  readonly on: boolean;
  /** Sends what is left. Never throws. */
  close(): Promise<void>;
}

/** @param settings null: nothing is traced */
export async function startTracing(
  settings: TracingSettings | null,
  traced: TracedProcess,
): Promise<Tracing> {
  if (settings === null) return { on: false, close: async () => undefined };
  const { exportTraces } = await import('./exportTraces.ts');
  return { on: true, close: exportTraces(settings, traced) };
}

import type { CallContext } from './CallContext.ts';
import type { MethodDefinition, ServiceDefinition, ServiceImplementation } from './ServiceImplementation.ts';

// A service definition paired with its handlers, checked against each other here and only here: past this point the server
// deals with bytes, so that services of any type stand in one list.

/** A handler whose types were checked when it was bound: it gets what its own deserialiser made. */
interface Handling {
  handle(request: unknown, context: CallContext): Promise<unknown> | AsyncIterable<unknown>;
}

export interface BoundMethod extends Handling {
  readonly definition: MethodDefinition;
}

export interface BoundService {
  /** As `holdfast.v1.PredictionService`. */
  readonly name: string;
  readonly methods: readonly BoundMethod[];
}

export function bindService<S extends ServiceDefinition>(
  definition: S,
  implementation: ServiceImplementation<S>,
): BoundService;
export function bindService(
  definition: ServiceDefinition,
  implementation: Readonly<Record<string, Handling['handle']>>,
): BoundService {
  const methods = Object.entries(definition).map(([key, method]) => ({
    definition: method,
    handle: implementation[key],
  }));
  const name = methods[0]?.definition.path.split('/')[1] ?? '';
  return { name, methods };
}

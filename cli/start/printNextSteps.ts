import type { Configuration } from '../../platform/configuration.ts';
import type { Instance } from './servePrediction.ts';

interface NextSteps {
  readonly configuration: Configuration;
  readonly model: string;
  readonly print: (line: string) => void;
}

/** Where everything is, and a line that works when it is pasted. */
export function printNextSteps({ configuration, model, print }: NextSteps, instance: Instance): void {
  const { http, inference, control, temporalUi } = configuration.ports;
  const body = JSON.stringify({ instances: [instance] }).replaceAll("'", "'\\''");
  print(`
REST        http://127.0.0.1:${http}
predictions 127.0.0.1:${inference} (gRPC, holdfast.v1.PredictionService)
control     127.0.0.1:${control} (gRPC)
Temporal    ${configuration.temporalAddress ?? `http://127.0.0.1:${temporalUi}`}

Try it:
curl -s http://127.0.0.1:${http}/v1/models/${model}:predict -H 'content-type: application/json' -d '${body}'
./holdfast status

Ctrl-C stops everything; the state stays in ${configuration.home}`);
}

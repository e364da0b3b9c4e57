import { addressesOf } from '../../platform/addresses.ts';
import type { Configuration } from '../../platform/configuration.ts';
import type { Instance } from './servePrediction.ts';

interface NextSteps {
  readonly configuration: Configuration;
  readonly model: string;
  readonly print: (line: string) => void;
}

/** Where everything is, and a line that works when it is pasted. */
export function printNextSteps({ configuration, model, print }: NextSteps, instance: Instance): void {
  const { http, inference, control, temporalUi } = addressesOf(configuration);
  const body = JSON.stringify({ instances: [instance] }).replaceAll("'", "'\\''");
  print(`
REST        http://${http}
predictions ${inference} (gRPC, holdfast.v1.PredictionService)
control     ${control} (gRPC)
Temporal    ${configuration.temporalAddress ?? `http://${temporalUi}`}

Try it:
curl -s http://${http}/v1/models/${model}:predict -H "x-api-key: $(./holdfast key)" -H 'content-type: application/json' -d '${body}'
./holdfast status
./holdfast models report production --model ${model} --wait --open

Ctrl-C stops everything; the state stays in ${configuration.home}`);
}

import { ProductionAt } from '../../proto/gen/holdfast/v1/model.ts';
import type { CliContext } from '../CliContext.ts';
import { formatDigest, formatTime } from '../output/format.ts';
import { printJson } from '../output/printJson.ts';
import { toProtoJson } from '../output/toProtoJson.ts';

/** What was Production at a moment, who had promoted it, and from which run and data it came. */
export async function showProductionAt(context: CliContext, model: string, time: Date): Promise<number> {
  const { clients, signal, stdout, format } = context;
  const answer = await clients.models.getProductionAt({ model, time }, { signal });
  if (format === 'json') {
    printJson(stdout, toProtoJson('holdfast.v1.ProductionAt', ProductionAt, answer));
    return 0;
  }
  const { version, event, endTime } = answer;
  const facts: [string, string][] = [
    ['model', answer.model],
    ['at', formatTime(answer.time)],
    ['version', `${version?.version} (${version?.trainer}, ${formatDigest(version?.digest ?? '')})`],
    ['promoted', `${formatTime(event?.time)} by ${event?.actor}: ${event?.reason || '-'}`],
    ['until', endTime === undefined ? 'now' : formatTime(endTime)],
    ['run', version?.runId ?? '-'],
    ['data', `version ${version?.datasetVersion} (${formatDigest(version?.datasetDigest ?? '')})`],
  ];
  for (const [name, value] of facts) stdout.write(`${name.padEnd(12)} ${value}\n`);
  return 0;
}

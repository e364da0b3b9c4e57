import type { OutcomeReport as Report } from '../../db/outcomes/Outcome.ts';
import { recordOutcomes as record } from '../../db/outcomes/recordOutcomes.ts';
import { type FieldViolation, HoldfastError } from '../../platform/HoldfastError.ts';
import { shorten } from '../../platform/shorten.ts';
import { didYouMean } from '../../platform/suggest.ts';
import { loadProject } from '../../projects/loadProject.ts';
import type {
  OutcomeReport,
  RecordOutcomesRequest,
  RecordOutcomesResponse,
} from '../../proto/gen/holdfast/v1/outcome.ts';
import type { ControlPorts } from '../ControlPorts.ts';
import { requireModel } from '../models/requireModel.ts';

const MAXIMUM_REPORTS = 10_000;
const MAXIMUM_KEY_CHARACTERS = 200;
/** Another machine's clock may be ahead of ours. */
const AHEAD_MS = 300_000;
const TOLD = 10;
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

interface Labels {
  readonly positive: string;
  readonly negative: string;
}

/**
 * Keeps what became of customers: all of it, or nothing where one report is wrong.
 * @throws HoldfastError notFound (the model); invalidArgument that names each wrong report by its index
 */
export async function recordOutcomes(
  ports: Pick<ControlPorts, 'database' | 'defaultModel'>,
  request: RecordOutcomesRequest,
  actor: string,
): Promise<RecordOutcomesResponse> {
  const model = await requireModel(ports, request.model);
  const { label } = (await loadProject(model)).definition;
  const { outcomes } = request;
  if (outcomes.length === 0 || outcomes.length > MAXIMUM_REPORTS)
    throw new HoldfastError(
      'invalidArgument',
      `outcomes has ${outcomes.length} reports; expected 1 to ${MAXIMUM_REPORTS}.`,
      { violations: [{ field: 'outcomes', description: `expected 1 to ${MAXIMUM_REPORTS} reports` }] },
    );
  const violations: FieldViolation[] = [];
  const reports = outcomes.map((report, index) =>
    readReport(report, label, `outcomes[${index}]`, violations),
  );
  if (violations.length > 0) throw refused(violations, outcomes.length);
  return record(ports.database, model, reports, actor);
}

function readReport(
  { unitKey, predictionId, instance, outcome, observedTime }: OutcomeReport,
  { positive, negative }: Labels,
  where: string,
  violations: FieldViolation[],
): Report {
  const fault = (part: string, description: string): void =>
    void violations.push({ field: `${where}.${part}`, description });
  if ((unitKey === '') === (predictionId === ''))
    fault(
      unitKey === '' ? 'unit_key' : 'prediction_id',
      'expected either the unit’s key or a prediction’s id',
    );
  if (unitKey.length > MAXIMUM_KEY_CHARACTERS || unitKey.includes('\0'))
    fault('unit_key', `expected at most ${MAXIMUM_KEY_CHARACTERS} characters, none of them 0`);
  if (predictionId !== '' && !uuid.test(predictionId))
    fault('prediction_id', `expected a UUID, got ${JSON.stringify(shorten(predictionId, 60))}`);
  if (instance < 0 || (instance !== 0 && predictionId === ''))
    fault('instance', `expected a place in a prediction, from 0, got ${instance}`);
  if (outcome !== positive && outcome !== negative)
    fault(
      'outcome',
      `expected ${JSON.stringify(positive)} or ${JSON.stringify(negative)}, got ${JSON.stringify(shorten(outcome, 60))}.${didYouMean(outcome, [positive, negative])}`,
    );
  if (observedTime !== undefined && !(observedTime.getTime() <= Date.now() + AHEAD_MS))
    fault('observed_time', `expected a time until now, got ${timeText(observedTime)}`);
  const subject =
    predictionId === ''
      ? ({ unitKey, predictionId: null, instance: null } as const)
      : ({ unitKey: null, predictionId: predictionId.toLowerCase(), instance } as const);
  return { ...subject, outcome, positive: outcome === positive, observedAt: observedTime ?? null };
}

const timeText = (time: Date): string => (Number.isNaN(time.getTime()) ? 'no time' : time.toISOString());

function refused(violations: readonly FieldViolation[], of: number): HoldfastError {
  const wrong = new Set(violations.map(({ field }) => field.slice(0, field.indexOf('.'))));
  const told = violations
    .slice(0, TOLD)
    .map(({ field, description }) => `${field}: ${description.replace(/\.$/, '')}`);
  const more = violations.length > TOLD ? `; and ${violations.length - TOLD} more faults` : '';
  return new HoldfastError(
    'invalidArgument',
    `${wrong.size} of ${of} reports are wrong, and none was recorded: ${told.join('; ')}${more}.`,
    { violations },
  );
}

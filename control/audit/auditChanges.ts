import { recordAuditEvent, recordAuditOutcome } from '../../db/audit/recordAuditEvent.ts';
import { type AuditedMethod, auditedMethods } from '../../platform/access/auditedMethods.ts';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import type { BoundMethod, BoundService } from '../../platform/grpc/bindService.ts';
import type { CallContext } from '../../platform/grpc/CallContext.ts';
import { readDescriptors } from '../../platform/grpc/readDescriptors.ts';
import { reasonOf } from '../../platform/grpc/toStatus.ts';
import { callerAddress } from '../accounts/callerAddress.ts';
import type { ControlPorts } from '../ControlPorts.ts';
import { targetOf } from './targetOf.ts';
import { toAuditJson } from './toAuditJson.ts';

// Every change that is asked for through control is recorded before it is tried, and how it ended afterwards: what the record
// lacks was not done. Which methods change something is read out of the descriptors, so that none can be forgotten.

type Ports = Pick<ControlPorts, 'database' | 'logger' | 'trustedProxies'>;
type Handle = BoundMethod['handle'];

export function auditChanges(services: readonly BoundService[], ports: Ports): BoundService[] {
  const { registry, methods } = auditedMethods(readDescriptors());
  return services.map(service => ({
    ...service,
    methods: service.methods.map(bound => {
      const audited = methods.get(bound.definition.path);
      if (audited === undefined || bound.definition.responseStream) return bound;
      const handle = audited.isPublic ? recordAfterwards : recordFirst;
      return {
        ...bound,
        handle: (request, context) =>
          handle({ ports, audited, registry }, request, context, async () => bound.handle(request, context)),
      };
    }),
  }));
}

interface Auditing {
  readonly ports: Ports;
  readonly audited: AuditedMethod;
  readonly registry: ReturnType<typeof auditedMethods>['registry'];
}

type Work = () => Promise<Awaited<ReturnType<Handle>>>;

async function recordFirst(auditing: Auditing, request: unknown, context: CallContext, work: Work) {
  const { database } = auditing.ports;
  const id = await recordAuditEvent(database, describeCall(auditing, request, context));
  return finish(auditing, context, work, async outcome => recordAuditOutcome(database, id, outcome));
}

/** Where nobody need say who they are, what they ask for is no change until it succeeds; who is held back is not recorded. */
async function recordAfterwards(auditing: Auditing, request: unknown, context: CallContext, work: Work) {
  const { database } = auditing.ports;
  return finish(auditing, context, work, async outcome => {
    if (outcome.code === reasonOf('resourceExhausted')) return;
    const id = await recordAuditEvent(database, describeCall(auditing, request, context));
    await recordAuditOutcome(database, id, outcome);
  });
}

type Outcome = Parameters<typeof recordAuditOutcome>[2];

async function finish(
  { audited, registry, ports }: Auditing,
  context: CallContext,
  work: Work,
  record: (outcome: Outcome) => Promise<void>,
) {
  const before = (): Outcome['before'] => {
    const was = context.audited?.before;
    const description = was && registry.getMessage(was.type);
    return description === undefined ? null : toAuditJson(description, was?.message);
  };
  // What was done is done, whether or not its end can be recorded.
  const keep = (outcome: Outcome): Promise<void> =>
    record(outcome).catch((error: unknown) =>
      ports.logger.error(
        { err: error, method: context.method, code: outcome.code },
        'The end of a change cannot be recorded in the audit log.',
      ),
    );
  try {
    const answer = await work();
    await keep({
      code: 'OK',
      message: '',
      before: before(),
      after: toAuditJson(audited.method.output, answer),
    });
    return answer;
  } catch (error) {
    const known = error instanceof HoldfastError;
    await keep({
      code: reasonOf(known ? error.code : 'internal'),
      message: known ? error.message : 'It failed unexpectedly; the log holds the cause.',
      before: before(),
      after: null,
    });
    throw error;
  }
}

function describeCall({ audited, ports }: Auditing, request: unknown, context: CallContext) {
  const { principal, method } = context;
  const json = toAuditJson(audited.method.input, request);
  return {
    actor: context.audited?.actor ?? principal.name,
    role: principal.role,
    peer: callerAddress(context, ports.trustedProxies),
    method: method.slice(1),
    target: context.audited?.target ?? targetOf(audited.template, json),
    request: json,
  };
}

import { listVersionsOfRuns } from '../../db/models/listVersionsOfRuns.ts';
import { listRuns as readRuns, type ListedRun } from '../../db/runs/listRuns.ts';
import { runList } from '../../db/runs/runList.ts';
import type { Filter, ListItem, Value } from '../../platform/listing/ListDeclaration.ts';
import { compareByOrder, matchesFilter } from '../../platform/listing/matchesFilter.ts';
import { type ListQuery, readListQuery } from '../../platform/listing/readListQuery.ts';
import type { ListRunsRequest, ListRunsResponse, Run } from '../../proto/gen/holdfast/v1/run.ts';
import type { ControlPorts } from '../ControlPorts.ts';
import { encodeRun, encodeStatus } from './encodeRun.ts';
import { listUnrecorded } from './listUnrecorded.ts';
import { mapBounded } from './mapBounded.ts';
import { reconcile } from './reconcile.ts';

/** Runs that are asked for in Temporal at once: a row whose workflow was terminated says running for ever, and is asked each time. */
const QUESTIONS_IN_FLIGHT = 8;

interface Placed {
  readonly run: Run;
  readonly place: readonly Value[];
}

/**
 * Runs, as they are now; also those that no worker has begun yet.
 * @throws HoldfastError invalidArgument (page, filter, order)
 */
export async function listRuns(ports: ControlPorts, request: ListRunsRequest): Promise<ListRunsResponse> {
  const query = readListQuery(runList, request, { model: request.model || undefined });
  const [recorded, unrecorded] = await Promise.all([listRecorded(ports, query), listUnrecorded(ports)]);
  const known = new Set(recorded.map(({ run }) => run.id));
  const waiting = unrecorded.filter(({ id }) => !known.has(id)).flatMap(run => place(query, run));
  const all = [...waiting, ...recorded].sort((one, other) =>
    compareByOrder(query.order, one.place, other.place),
  );
  const page = all.slice(0, query.limit);
  const more = all.length > page.length;
  return {
    runs: page.map(({ run }) => run),
    nextPageToken: more ? query.tokenAfter(page[page.length - 1].place) : '',
  };
}

/** One more than the page takes, where there are so many. What a row says and what is true may differ while it says running. */
async function listRecorded(ports: ControlPorts, query: ListQuery): Promise<Placed[]> {
  const { filter } = query;
  const limit = query.limit + 1;
  const found: Placed[] = [];
  let { after } = query;
  for (;;) {
    const rows = await readRuns(ports.database, {
      ...query,
      filter: filter && orRunning(filter),
      after,
      limit,
    });
    const listed = await readListed(ports, rows);
    found.push(...listed.filter(({ run }) => filter === null || matchesFilter(filter, toItem(run))));
    if (found.length >= limit || rows.length < limit) return found;
    after = rows[rows.length - 1].place;
  }
}

const orRunning = (filter: Filter): Filter => ({
  kind: 'or',
  of: [filter, { kind: 'compare', field: 'status', comparator: '=', value: 'running' }],
});

async function readListed(ports: ControlPorts, rows: readonly ListedRun[]): Promise<Placed[]> {
  const reconciled = await mapBounded(rows, QUESTIONS_IN_FLIGHT, ({ run }) => reconcile(ports, run));
  const versions = await listVersionsOfRuns(
    ports.database,
    rows.map(({ run }) => run.id),
  );
  return reconciled.map(({ row, facts }, index) => ({
    run: encodeRun(
      row,
      facts,
      versions.filter(({ runId }) => runId === row.id),
    ),
    place: rows[index].place,
  }));
}

/** Nothing where the run is not asked for, or is before the page. */
function place({ filter, order, after }: ListQuery, run: Run): Placed[] {
  const item = toItem(run);
  const values = order.map(({ field }) => {
    const value = item[field];
    return value === null || typeof value === 'object' ? '' : value;
  });
  const asked = filter === null || matchesFilter(filter, item);
  return asked && (after === null || compareByOrder(order, after, values) < 0)
    ? [{ run, place: values }]
    : [];
}

const statusNames = new Map(Object.entries(encodeStatus).map(([name, status]) => [status, name]));

/** The run's fields as the list's declaration names them. */
const toItem = (run: Run): ListItem => ({
  id: run.id,
  workflow_id: run.workflowId,
  model: run.model,
  kind: run.kind,
  trigger: run.trigger,
  status: statusNames.get(run.status) ?? '',
  dataset_version: run.dataset?.version ?? null,
  start_time: run.startTime?.toISOString() ?? '',
  end_time: run.endTime?.toISOString() ?? null,
});

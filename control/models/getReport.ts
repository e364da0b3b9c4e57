import { findReport } from '../../db/models/findReport.ts';
import { getVersion } from '../../db/models/getVersion.ts';
import type { ModelReport } from '../../db/models/ModelReport.ts';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import type { HttpBody } from '../../proto/gen/google/api/httpbody.ts';
import { type GetReportRequest, Report } from '../../proto/gen/holdfast/v1/model.ts';
import type { ControlPorts } from '../ControlPorts.ts';
import { requireModel } from './requireModel.ts';
import { whyNoReport } from './whyNoReport.ts';

type Ports = Pick<ControlPorts, 'database' | 'artifacts' | 'temporal' | 'defaultModel'>;

/** A version's report as data, by number or alias. @throws HoldfastError as findVersionsReport */
export async function getReport(ports: Ports, request: GetReportRequest): Promise<Report> {
  const { model, version, format, json, html, createdAt } = await findVersionsReport(ports, request);
  const document: unknown = JSON.parse(Buffer.from(await ports.artifacts.get(json)).toString('utf8'));
  if (typeof document !== 'object' || document === null)
    throw new TypeError(`the report's artifact ${json} is no object`);
  return Report.fromPartial({
    model,
    version,
    format,
    jsonDigest: json,
    htmlDigest: html,
    createTime: createdAt,
    document: { ...document },
  });
}

/** The same report as the page that people read. @throws HoldfastError as findVersionsReport */
export async function getReportPage(ports: Ports, request: GetReportRequest): Promise<HttpBody> {
  const { html } = await findVersionsReport(ports, request);
  const data = Buffer.from(await ports.artifacts.get(html));
  return { contentType: 'text/html; charset=utf-8', data, extensions: [] };
}

/** @throws HoldfastError notFound: the model, the version, or a report that is still to be made; failedPrecondition where it will not be; invalidArgument where the version is neither number nor alias */
async function findVersionsReport(ports: Ports, request: GetReportRequest): Promise<ModelReport> {
  const model = await requireModel(ports, request.model);
  const { version, runId } = await getVersion(ports.database, model, request.version);
  const report = await findReport(ports.database, model, version);
  if (report !== null) return report;
  const toMakeIt = `To have it made: temporal workflow start --task-queue holdfast --type reportVersions --input '{"model":"${model}","versions":[${version}]}'`;
  const reason = await whyNoReport(ports, runId);
  if (reason !== null)
    throw new HoldfastError(
      'failedPrecondition',
      `Version ${version} of ${model} has no report, and none is being made: ${reason}. ${toMakeIt}`,
    );
  throw new HoldfastError(
    'notFound',
    `Version ${version} of ${model} has no report yet. It is made after the run that registered the version; ask again in a minute. ${toMakeIt}`,
  );
}

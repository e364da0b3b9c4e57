import { readFile } from 'node:fs/promises';
import { decodeTable } from '../../ml/dataset/tableCodec.ts';
import type { ProjectDefinition } from '../../ml/definition/ProjectDefinition.ts';
import { readMetadata } from '../../ml/onnx/readMetadata.ts';
import { buildModelReport } from '../../ml/report/buildModelReport.ts';
import type { ReportedVersion } from '../../ml/report/ModelReport.ts';
import type { ScoreRows } from '../../ml/report/ScoreRows.ts';
import { canonicalJson } from '../../platform/canonicalJson.ts';
import { openTableScorer } from '../training/openTableScorer.ts';
import { renderPage } from './page/renderPage.ts';

export interface ReportTask {
  readonly version: ReportedVersion;
  readonly definition: ProjectDefinition;
  readonly modelPath: string;
  readonly tablePath: string;
}

export interface MadeReport {
  /** Canonical JSON of the ModelReport. */
  readonly json: string;
  readonly html: string;
}

/** A version's report, by its model file: the same task gives the same bytes. */
export async function makeReport({
  version,
  definition,
  modelPath,
  tablePath,
}: ReportTask): Promise<MadeReport> {
  const onnx = new Uint8Array(await readFile(modelPath));
  const table = decodeTable(new Uint8Array(await readFile(tablePath)));
  const metadata = readMetadata(onnx);
  const scorer = await openTableScorer(onnx, metadata);
  try {
    const score: ScoreRows = rows => scorer.score(rows);
    const report = await buildModelReport({ version, definition, metadata, table, score });
    return { json: canonicalJson(report), html: renderPage(report) };
  } finally {
    await scorer.close();
  }
}

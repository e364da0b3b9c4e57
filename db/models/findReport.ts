import type { Database } from '../Database.ts';
import { ModelReportEntity } from '../entities/ModelReportEntity.ts';
import type { ModelReport } from './ModelReport.ts';

/** Null while the version has none. */
export const findReport = (database: Database, model: string, version: number): Promise<ModelReport | null> =>
  database.read(async manager => {
    const row = await manager.findOne(ModelReportEntity, { model, version });
    if (row === null) return null;
    const { format, jsonDigest: json, htmlDigest: html, createdAt } = row;
    return { model, version, format, json, html, createdAt };
  });

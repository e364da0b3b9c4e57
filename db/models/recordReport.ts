import type { Database } from '../Database.ts';
import { ModelReportEntity } from '../entities/ModelReportEntity.ts';
import type { ModelReport } from './ModelReport.ts';

/** The version's report from now on; one of another format gives way. */
export const recordReport = (database: Database, report: Omit<ModelReport, 'createdAt'>): Promise<void> =>
  database.write(async manager => {
    const { model, version, format, json: jsonDigest, html: htmlDigest } = report;
    await manager.upsert(
      ModelReportEntity,
      { model, version, format, jsonDigest, htmlDigest, createdAt: new Date() },
      { onConflictFields: ['model', 'version'] },
    );
  });

import { z } from 'zod';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import type { ModelVersion } from '../../proto/gen/holdfast/v1/model.ts';
import type { CliContext } from '../CliContext.ts';

const shape = z.object({
  gain: z.array(z.object({ share: z.number(), gain: z.number(), lift: z.number() })),
});

export interface ReportSummary extends z.output<typeof shape> {
  /** Where a browser finds the page, through the gateway. */
  readonly page: string;
}

/** The few figures of a version's report that are shown beside its metrics; null while there is none. */
export async function summariseReport(
  { clients, signal, server }: CliContext,
  { model, version }: ModelVersion,
): Promise<ReportSummary | null> {
  try {
    const { document } = await clients.models.getReport({ model, version: String(version) }, { signal });
    const page = `${server.rest}/v1/models/${model}/versions/${version}/report.html`;
    return { ...shape.parse(document), page };
  } catch (error) {
    if (error instanceof HoldfastError && error.code === 'notFound') return null;
    throw error;
  }
}

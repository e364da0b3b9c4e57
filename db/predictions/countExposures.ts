import type { Database } from '../Database.ts';

/** Arm → units that it was shown to first, as far as their spools were shipped. */
export const countExposures = (
  database: Database,
  model: string,
  experiment: string,
): Promise<ReadonlyMap<string, number>> =>
  database.read(async manager => {
    const rows = await manager.execute<{ arm: string; count: number }[]>(
      `select arm, count(*)::integer as count from exposure where model = ? and experiment = ? group by arm`,
      [model, experiment],
    );
    return new Map(rows.map(({ arm, count }) => [arm, count]));
  });

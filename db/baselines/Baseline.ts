import type { DatasetVersion } from '../datasets/DatasetVersion.ts';

/** What drift of a version is measured from. */
export interface Baseline {
  readonly model: string;
  readonly version: number;
  readonly dataset: DatasetVersion;
  /** Who chose another dataset than the version's own, when and why; null where nobody did. */
  readonly chosen: { readonly actor: string; readonly reason: string; readonly at: Date } | null;
}

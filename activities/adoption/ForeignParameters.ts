import type { Latency } from './AdoptionJob.ts';

/** The parameters of a version that was not trained here: where its file comes from, and what was found out about it. */
export interface ForeignParameters {
  readonly trainer: string;
  /** `import`: a person brought the file. `task queue`: a trainer of the definition made it. */
  readonly origin: 'import' | 'task queue';
  readonly taskQueue?: string;
  /** What the trainer was told, or says of itself. */
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly importedBy?: string;
  /** As it came, before it was rewritten; its artifact is kept. */
  readonly file: { readonly name: string; readonly digest: string; readonly bytes: number };
  readonly producer: string;
  /** Domain → the operator set that the file came in. */
  readonly operatorSets: Readonly<Record<string, number>>;
  readonly calibrated: boolean;
  readonly latency: Latency;
  /** Sample predictions that it met within 1e-5; null where none were given. */
  readonly samplesMet: number | null;
  /** What was assumed, and what the version's figures are worth. */
  readonly notes: readonly string[];
}

import type { CandidateProgress, TrainModelProgress } from '../platform/workflowContract.ts';

// What a training run knows of itself, apart from how it is told: the workflow wires a query and the current details to it.

export class TrainingState {
  #stage = 'starting';
  #model: string;
  #dataset: TrainModelProgress['dataset'] = null;
  readonly #candidates = new Map<string, CandidateProgress>();

  constructor(model: string) {
    this.#model = model;
  }

  begin(model: string, trainers: readonly string[], foldsTotal: number): void {
    this.#model = model;
    for (const trainer of trainers)
      this.#candidates.set(trainer, { trainer, status: 'waiting', foldsDone: 0, foldsTotal });
  }

  enter(stage: string): void {
    this.#stage = stage;
  }

  ingested({ version, digest, rows, quarantined }: NonNullable<TrainModelProgress['dataset']>): void {
    this.#dataset = { version, digest, rows, quarantined };
  }

  candidate(trainer: string, status: CandidateProgress['status'], reason?: string): void {
    const known = this.#candidates.get(trainer);
    if (known === undefined) return;
    const foldsDone = status === 'trained' ? known.foldsTotal : known.foldsDone;
    this.#candidates.set(trainer, {
      ...known,
      status,
      foldsDone,
      ...(reason !== undefined && { reason }),
    });
  }

  progress(): TrainModelProgress {
    return {
      model: this.#model,
      stage: this.#stage,
      dataset: this.#dataset,
      candidates: [...this.#candidates.values()],
    };
  }

  /** Markdown for the Temporal UI. */
  details(): string {
    const lines = [`**${this.#model}**: ${this.#stage}`];
    if (this.#dataset !== null)
      lines.push(
        '',
        `Dataset version ${this.#dataset.version}: ${this.#dataset.rows} rows, ${this.#dataset.quarantined} quarantined`,
      );
    if (this.#candidates.size > 0) lines.push('');
    for (const { trainer, status, reason } of this.#candidates.values())
      lines.push(`- ${trainer}: ${status}${reason === undefined ? '' : `, ${reason}`}`);
    return lines.join('\n');
  }
}

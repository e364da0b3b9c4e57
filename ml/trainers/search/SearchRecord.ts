/** What a search tried, as it travels with the version: plain JSON, the same wherever and however often it was interrupted. */
export interface SearchRecord {
  /** What all trainers of the run shared. */
  readonly budgetSeconds: number;
  /** Of the search's own cross-validation, inside the training part. */
  readonly folds: number;
  /** The first one is the recipe as it was. */
  readonly trials: readonly SearchTrial[];
  /** Which of them was taken. */
  readonly chosen: number;
  /** `plan`: as the budget said. `budget`: it was too small for one trial. `clock`: the machine took so much longer than the
   * budget that the search was given up, the recipe stayed as it was, and what was tried until then is not told: the one outcome
   * that another machine may not have. */
  readonly endedBy: 'plan' | 'budget' | 'clock';
}

export interface SearchTrial {
  /** What it has other than the recipe as it was. */
  readonly changes: Readonly<Record<string, unknown>>;
  /** Of the folds that it was tried on, in their order: early losers have fewer. */
  readonly logLoss: readonly number[];
}

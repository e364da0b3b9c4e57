/** A version's report: two artifacts of the same content. */
export interface ModelReport {
  readonly model: string;
  readonly version: number;
  /** Of the JSON's shape. */
  readonly format: number;
  readonly json: string;
  readonly html: string;
  readonly createdAt: Date;
}

/** One fault of a row. */
export interface DatasetViolation {
  /** 1-based, the header not counted. */
  readonly row: number;
  readonly column: string;
  readonly value: string;
  readonly rule: string;
}

/** What a list shows. */
export interface DatasetSummary {
  readonly id: number;
  readonly model: string;
  /** 1, 2, … of the model. */
  readonly version: number;
  /** SHA-256 of the source's bytes. */
  readonly digest: string;
  /** SHA-256 of the schema's canonical JSON: the rules the rows were held against. */
  readonly schemaDigest: string;
  /** Artifact of the validated table. */
  readonly tableDigest: string;
  /** Artifact of the source's bytes. */
  readonly sourceArtifact: string;
  /** Where the bytes came from, for people. */
  readonly source: string;
  /** rows + quarantined. */
  readonly sourceRows: number;
  readonly rows: number;
  readonly quarantined: number;
  /** Null where nothing was quarantined. */
  readonly quarantineFile: string | null;
  readonly createdAt: Date;
}

export interface DatasetVersion extends DatasetSummary {
  readonly schema: Readonly<Record<string, unknown>>;
  readonly profile: Readonly<Record<string, unknown>>;
  readonly violations: readonly DatasetViolation[];
}

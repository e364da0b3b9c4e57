export const aliasNames = ['production', 'staging'] as const;
export type AliasName = (typeof aliasNames)[number];

export interface AliasTarget {
  readonly model: string;
  readonly alias: AliasName;
  readonly version: number;
  /** Artifact of the version's ONNX file. */
  readonly digest: string;
  /** Grows with every move of the alias. */
  readonly revision: number;
}

export interface AliasEvent {
  readonly model: string;
  readonly alias: AliasName;
  /** 1, 2, … for each (model, alias), without gaps. */
  readonly revision: number;
  /** Null for the first. */
  readonly fromVersion: number | null;
  readonly toVersion: number;
  readonly actor: string;
  readonly reason: string;
  readonly operationId: string;
  readonly at: Date;
}

/** How often each alias of a model has moved; 0 for one that stands nowhere yet. */
export type AliasRevisions = Readonly<Record<AliasName, number>>;

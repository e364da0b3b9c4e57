import assert from 'node:assert/strict';
import { join } from 'node:path';
import { profileTable, type TableProfile } from '../../ml/dataset/profileTable.ts';
import { tableChunks } from '../../ml/dataset/tableCodec.ts';
import type { ColumnDefinition, ProjectDefinition } from '../../ml/definition/ProjectDefinition.ts';
import type { ArtifactStore } from '../../platform/ArtifactStore.ts';
import { canonicalJson } from '../../platform/canonicalJson.ts';
import { sha256 } from '../../platform/sha256.ts';
import { readTextTable } from '../../platform/tabular/readTextTable.ts';
import { checkAcceptable } from './checkAcceptable.ts';
import type { Source } from './Source.ts';
import type { Violation, ViolationCount } from './Violation.ts';
import { validateSource } from './validateSource.ts';
import { withPrivateCopy } from './withPrivateCopy.ts';

export interface IngestSourceInput {
  readonly definition: ProjectDefinition;
  readonly source: Source;
  readonly artifacts: ArtifactStore;
  /** Made where it is absent, once there is something to put in. */
  readonly quarantineFolder: string;
  /** Rows read so far, once a batch of some thousand. */
  readonly onProgress?: (progress: { readonly rows: number }) => void;
  readonly signal?: AbortSignal;
}

/** Plain JSON; depends on the source's bytes and the definition only (but for the folder in `quarantineFile`). */
export interface IngestResult {
  /** SHA-256 of the source's bytes: the dataset version's name, and the artifact that holds them. */
  readonly digest: string;
  /** Source rows = rows + quarantined. */
  readonly sourceRows: number;
  readonly rows: number;
  readonly quarantined: number;
  /** Artifact of the accepted rows, see ml/dataset/tableCodec. */
  readonly tableDigest: string;
  readonly quarantineFile: string | null;
  readonly schema: DatasetSchema;
  readonly profile: TableProfile;
  /** The first ones, at most 1,000. */
  readonly violations: readonly Violation[];
  readonly violationCounts: readonly ViolationCount[];
  /** The source's columns that the definition does not speak of. */
  readonly ignoredColumns: readonly string[];
}

interface DatasetSchema {
  readonly id: string | null;
  readonly label: ProjectDefinition['label'];
  /** Left out where there is none. */
  readonly eventTime?: string;
  readonly columns: readonly ({ readonly name: string } & ColumnDefinition)[];
}

/**
 * Takes a CSV or Parquet table in: its rows validated, the accepted ones as a table artifact, the others in a quarantine file,
 * its bytes into the artifact store (nothing depends on the source afterwards). Of a source that is refused, or that broke off,
 * nothing stays but its quarantine: whoever may name a path must not be able to have any file of the machine kept.
 * @throws HoldfastError what the source throws, invalidArgument (not a readable table, columns missing), failedPrecondition (too
 * much in quarantine, too few rows, one class only; with the report), what the artifact store throws; what `signal` was aborted
 * with
 */
export function ingestSource(input: IngestSourceInput): Promise<IngestResult> {
  const { source, signal } = input;
  return withPrivateCopy(source, signal, ({ path, digest }) => ingestCopy(input, path, digest));
}

async function ingestCopy(input: IngestSourceInput, copy: string, digest: string): Promise<IngestResult> {
  const { definition, source, artifacts, quarantineFolder, onProgress, signal } = input;
  const { shownAs } = source;
  const batches = readTextTable(copy, { shownAs, signal });
  const definitionDigest = sha256(canonicalJson(definition));
  const result = await validateSource(definition, batches, {
    shownAs,
    quarantinePath: join(
      quarantineFolder,
      `${definition.name}-${digest.slice(0, 12)}-${definitionDigest.slice(0, 8)}.csv`,
    ),
    onProgress,
  });
  checkAcceptable(definition, result, shownAs);
  const { table, sourceRows, quarantined, quarantineFile } = result;
  signal?.throwIfAborted();
  assert.equal(await artifacts.putFile(copy), digest, 'the private copy was changed');
  return {
    digest,
    sourceRows,
    rows: table.rowCount,
    quarantined,
    tableDigest: await artifacts.putChunks(() => tableChunks(table)),
    quarantineFile,
    schema: {
      id: definition.id ?? null,
      label: definition.label,
      ...(definition.eventTime === undefined ? {} : { eventTime: definition.eventTime }),
      columns: Object.entries(definition.columns).map(([name, column]) => ({ name, ...column })),
    },
    profile: profileTable(table),
    violations: result.violations,
    violationCounts: result.violationCounts,
    ignoredColumns: result.ignoredColumns,
  };
}

import { mkdir, open, rename, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { formatCsvRow } from '../../platform/tabular/formatCsvRow.ts';
import { describeWriteError, syncFolder, temporaryName } from '../../platform/writeFileAtomically.ts';
import { describeViolation, type Violation } from './Violation.ts';

export interface QuarantineFile {
  add(violations: readonly Violation[], fields: readonly string[]): void;
  /** Writes what was added since; to be called between batches, so that memory stays bounded. */
  flush(): Promise<void>;
  /** Gives the file its name. @returns its path; null where no row was added, and then there is no file. */
  finish(): Promise<string | null>;
  /** Leaves nothing behind, unless it is finished. */
  discard(): Promise<void>;
}

/**
 * The rows that were not taken, for people to open and correct: their number, what is wrong, then every original field.
 * The file has its name only when it is complete, and is its owner's alone: these are customers.
 */
export function createQuarantineFile(path: string, columns: readonly string[]): QuarantineFile {
  const temporary = join(dirname(path), temporaryName(basename(path)));
  let file: FileHandle | null = null;
  let pending: string[] = [];
  let rows = 0;
  const write = async (act: () => Promise<void>): Promise<void> => {
    try {
      await act();
    } catch (error) {
      throw describeWriteError(error, path);
    }
  };
  const flush = (): Promise<void> =>
    write(async () => {
      if (pending.length === 0) return;
      if (file === null) {
        await mkdir(dirname(path), { recursive: true, mode: 0o700 });
        file = await open(temporary, 'wx', 0o600);
        await file.writeFile(
          formatCsvRow([unused('row', columns), unused('violations', columns), ...columns]),
        );
      }
      const text = pending.join('');
      pending = [];
      await file.writeFile(text);
    });
  return {
    add: (violations, fields) => {
      rows++;
      pending.push(
        formatCsvRow([violations[0].row, violations.map(describeViolation).join('; '), ...fields]),
      );
    },
    flush,
    finish: async () => {
      await flush();
      if (rows === 0 || file === null) return null;
      const written = file;
      await write(async () => {
        await written.sync();
        await written.close();
        file = null;
        await rename(temporary, path);
        await syncFolder(dirname(path));
      });
      return path;
    },
    discard: async () => {
      await file?.close();
      if (file !== null) await rm(temporary, { force: true });
      file = null;
    },
  };
}

/** The table may have a column of that name already. */
const unused = (name: string, columns: readonly string[]): string =>
  columns.includes(name) ? unused(`${name}_`, columns) : name;

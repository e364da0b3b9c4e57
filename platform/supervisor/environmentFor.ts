import { secretSettings, settingNames } from '../configuration.ts';

// What of the environment that `npm start` was given one of our processes is told. Only the worker reads customers' databases,
// buckets and MLflow, whose credentials may be in variables of any name (a definition's `connection` says which): every other
// process gets what is listed here, so that a secret of a name nobody thought of stays out.

export type Need = 'DATABASE_URL' | 'TEMPORAL_ADDRESS' | 'secrets';

/** What a program on any system may need, and what Node and its libraries are set by; none of it is a credential. */
const harmless =
  /^(?:PATH|HOME|USER|LOGNAME|SHELL|LANG|LANGUAGE|LC_[A-Z]+|TZ|TMPDIR|NODE_[A-Z0-9_]+|UV_THREADPOOL_SIZE|LD_LIBRARY_PATH|LD_PRELOAD|MALLOC_[A-Z_]+|SSL_CERT_(?:FILE|DIR))$/;

/** By what PostgreSQL's clients complete the URL of our own database. */
const ofDatabase = /^PG(?:SSL(?:MODE|ROOTCERT|CERT|KEY|NEGOTIATION)|PASSFILE|PASSWORD|USER|OPTIONS)$/;

const withheld: readonly string[] = secretSettings;

/** Our own settings, but for secrets and the servers' addresses, which the supervisor tells itself. */
const settings = new Set(
  settingNames.filter(
    name => !/^(?:MLFLOW_|DATABASE_URL$|TEMPORAL_ADDRESS$)/.test(name) && !withheld.includes(name),
  ),
);

/** The addresses of the two servers are left out, whoever needs them. */
export function environmentFor(needs: readonly Need[], source: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const isTold = (name: string): boolean =>
    needs.includes('secrets') ||
    settings.has(name) ||
    harmless.test(name) ||
    (needs.includes('DATABASE_URL') && ofDatabase.test(name));
  const { DATABASE_URL: _database, TEMPORAL_ADDRESS: _temporal, ...given } = source;
  return Object.fromEntries(
    Object.entries(given).filter(([name]) => isTold(name) && !withheld.includes(name)),
  );
}

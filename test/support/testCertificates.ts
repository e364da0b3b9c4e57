import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

// Certificates as openssl makes them: an authority, and who it vouches for.

const openssl = (...words: string[]): Promise<unknown> => promisify(execFile)('openssl', words);

const into = ({ certificate, key }: TestIdentity) => ['-out', certificate, '-keyout', key];

export interface TestIdentity {
  readonly certificate: string;
  readonly key: string;
}

export interface TestAuthority {
  /** The path of its certificate. */
  readonly ca: string;
  /** @param names as `IP:127.0.0.1` or `DNS:holdfast.example` */
  issue(name: string, names: string): Promise<TestIdentity>;
}

export async function createAuthority(folder: string, name: string): Promise<TestAuthority> {
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const pathsOf = (each: string) => ({
    certificate: join(folder, `${each}.pem`),
    key: join(folder, `${each}.key`),
  });
  const own = pathsOf(name);
  await openssl('req', '-x509', ...newKey, ...into(own), '-days', '2', '-subj', `/CN=${name}`);
  return {
    ca: own.certificate,
    issue: async (who, names) => {
      const paths = pathsOf(who);
      const signed = ['-CA', own.certificate, '-CAkey', own.key, '-days', '2'];
      const said = ['-subj', `/CN=${who}`, '-addext', `subjectAltName=${names}`];
      const usage = ['-addext', 'basicConstraints=critical,CA:FALSE'];
      await openssl('req', '-x509', ...newKey, ...into(paths), ...signed, ...said, ...usage);
      return paths;
    },
  };
}

/** One that vouches for itself, until a moment ago. */
export async function createExpired(folder: string): Promise<TestIdentity> {
  const paths = { certificate: join(folder, 'expired.pem'), key: join(folder, 'expired.key') };
  await openssl('genpkey', '-algorithm', 'ed25519', '-out', paths.key);
  const request = join(folder, 'expired.csr');
  await openssl('req', '-new', '-key', paths.key, '-out', request, '-subj', '/CN=expired');
  const signed = ['-signkey', paths.key, '-days', '-1', '-out', paths.certificate];
  await openssl('x509', '-req', '-in', request, ...signed);
  return paths;
}

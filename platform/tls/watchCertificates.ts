import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync, unwatchFile, watchFile } from 'node:fs';
import { getCACertificates } from 'node:tls';
import type { experimental } from '@grpc/grpc-js';
import { HoldfastError } from '../HoldfastError.ts';
import type { IdentityFiles } from './readTlsSettings.ts';

// Certificates and keys out of their files, which are looked at again and again: a renewed certificate is served to the next
// connection, without a restart. What cannot be used is told and changes nothing. (grpc-js has a watcher of its own, which
// drops every connection while a file is away or half written.)

export interface CertificateFiles {
  /** Null: none of our own. */
  readonly identity: IdentityFiles | null;
  /** Of those who vouch for the other side; null: whom Node trusts. */
  readonly ca: string | null;
}

export interface CertificateLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

type CaListener = experimental.CaCertificateUpdateListener;
type IdentityListener = experimental.IdentityCertificateUpdateListener;

interface Loaded {
  readonly ca: experimental.CaCertificateUpdate;
  readonly identity: experimental.IdentityCertificateUpdate | null;
}

/** A file is asked for its time so often; renewals are hours apart. */
const LOOK_EVERY_MS = 10_000;

/**
 * Reads and checks the files now, and looks at them for as long as somebody listens; that keeps no process alive.
 * @throws HoldfastError failedPrecondition that names the file at fault
 */
export function watchCertificates(
  files: CertificateFiles,
  logger: CertificateLogger,
  lookEveryMs = LOOK_EVERY_MS,
): experimental.CertificateProvider {
  let loaded = load(files);
  const caListeners = new Set<CaListener>();
  const identityListeners = new Set<IdentityListener>();
  const paths = [files.identity?.certificate, files.identity?.key, files.ca].filter(path => path != null);
  let watched = false;

  const onChange = (): void => {
    try {
      loaded = load(files);
    } catch (error) {
      logger.warn({ err: error }, 'Changed certificate files are not taken; the ones before stay.');
      return;
    }
    logger.info({ files: paths }, 'Changed certificate files are taken for new connections.');
    for (const listener of identityListeners) listener(loaded.identity);
    for (const listener of caListeners) listener(loaded.ca);
  };
  const watchWhileHeard = (): void => {
    const heard = caListeners.size + identityListeners.size > 0;
    if (heard === watched) return;
    watched = heard;
    for (const path of paths)
      if (heard) watchFile(path, { interval: lookEveryMs, persistent: false }, onChange);
      else unwatchFile(path, onChange);
  };
  return {
    addCaCertificateListener: listener => {
      caListeners.add(listener);
      watchWhileHeard();
      // Not before the caller has finished to set itself up, as grpc-js' own providers.
      process.nextTick(() => listener(loaded.ca));
    },
    removeCaCertificateListener: listener => {
      caListeners.delete(listener);
      watchWhileHeard();
    },
    addIdentityCertificateListener: listener => {
      identityListeners.add(listener);
      watchWhileHeard();
      process.nextTick(() => listener(loaded.identity));
    },
    removeIdentityCertificateListener: listener => {
      identityListeners.delete(listener);
      watchWhileHeard();
    },
  };
}

function load({ identity, ca }: CertificateFiles): Loaded {
  return {
    ca: { caCertificate: ca === null ? Buffer.from(getCACertificates('default').join('\n')) : readCa(ca) },
    identity: identity && readIdentity(identity),
  };
}

function readCa(path: string): Buffer {
  const pem = read(path);
  parseCertificate(path, pem);
  return pem;
}

function readIdentity({ certificate, key }: IdentityFiles): experimental.IdentityCertificateUpdate {
  const pem = read(certificate);
  const parsed = parseCertificate(certificate, pem);
  const privateKey = read(key);
  let isOf: boolean;
  try {
    isOf = parsed.checkPrivateKey(createPrivateKey(privateKey));
  } catch (cause) {
    throw unusable(key, 'is no private key in PEM without a passphrase', cause);
  }
  if (!isOf) throw unusable(key, `is not the key of the certificate in ${certificate}`);
  return { certificate: pem, privateKey };
}

/** The first of the file: the one that the others vouch for. */
function parseCertificate(path: string, pem: Buffer): X509Certificate {
  let parsed: X509Certificate;
  try {
    parsed = new X509Certificate(pem);
  } catch (cause) {
    throw unusable(path, 'holds no certificate in PEM', cause);
  }
  if (parsed.validToDate.getTime() < Date.now())
    throw unusable(path, `holds a certificate that expired on ${parsed.validToDate.toISOString()}`);
  return parsed;
}

function read(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw unusable(path, `cannot be read (${cause instanceof Error ? cause.message : String(cause)})`, cause);
  }
}

const unusable = (path: string, why: string, cause?: unknown): HoldfastError =>
  new HoldfastError(
    'failedPrecondition',
    `The file ${path} cannot be used for TLS: it ${why}. Correct it, or the HOLDFAST_TLS_ variable that names it.`,
    { cause },
  );

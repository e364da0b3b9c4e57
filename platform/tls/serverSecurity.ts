import type { SecureContextOptions } from 'node:tls';
import type { TlsSettings } from './readTlsSettings.ts';
import { type CertificateLogger, watchCertificates } from './watchCertificates.ts';

/** How a server of ours takes connections with TLS. */
export interface ServerSecurity {
  /** What is asked of a client. */
  readonly demands: { readonly requestCert: boolean; readonly rejectUnauthorized: boolean };
  /** Tells, in the next tick and with every renewal, what new connections are met with. @returns ends it */
  follow(listener: (context: SecureContextOptions) => void): () => void;
}

/**
 * With a client CA, only clients whose certificate it signed are let in.
 * @returns null where there is no TLS
 * @throws HoldfastError failedPrecondition where a file cannot be used
 */
export function serverSecurity(
  settings: TlsSettings['server'],
  logger: CertificateLogger,
  lookEveryMs?: number,
): ServerSecurity | null {
  if (settings === null) return null;
  const { clientCa, ...identity } = settings;
  const certificates = watchCertificates({ identity, ca: clientCa }, logger, lookEveryMs);
  const isMutual = clientCa !== null;
  return {
    demands: { requestCert: isMutual, rejectUnauthorized: isMutual },
    follow: listener => {
      let context: SecureContextOptions = {};
      const take = (more: SecureContextOptions): void => {
        context = { ...context, ...more };
        listener(context);
      };
      const onIdentity: Parameters<typeof certificates.addIdentityCertificateListener>[0] = update =>
        take({ cert: update?.certificate, key: update?.privateKey });
      const onCa: Parameters<typeof certificates.addCaCertificateListener>[0] = update =>
        take({ ca: update?.caCertificate });
      certificates.addIdentityCertificateListener(onIdentity);
      if (isMutual) certificates.addCaCertificateListener(onCa);
      return () => {
        certificates.removeIdentityCertificateListener(onIdentity);
        if (isMutual) certificates.removeCaCertificateListener(onCa);
      };
    },
  };
}

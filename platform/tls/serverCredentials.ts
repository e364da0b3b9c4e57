import { experimental, ServerCredentials } from '@grpc/grpc-js';
import type { TlsSettings } from './readTlsSettings.ts';
import { type CertificateLogger, watchCertificates } from './watchCertificates.ts';

/**
 * How a server of ours takes connections. With TLS, and where a client CA is set, only from clients whose certificate it signed.
 * @throws HoldfastError failedPrecondition where a file cannot be used
 */
export function serverCredentials(
  settings: TlsSettings['server'],
  logger: CertificateLogger,
  lookEveryMs?: number,
): ServerCredentials {
  if (settings === null) return ServerCredentials.createInsecure();
  const { clientCa, ...identity } = settings;
  const certificates = watchCertificates({ identity, ca: clientCa }, logger, lookEveryMs);
  const isMutual = clientCa !== null;
  // The first argument is the server's own certificate, the second whom to trust, though grpc-js 1.14 names them otherwise.
  return experimental.createCertificateProviderServerCredentials(
    certificates,
    isMutual ? certificates : null,
    isMutual,
  );
}

import { isIP } from 'node:net';
import { checkServerIdentity } from 'node:tls';
import { type ChannelCredentials, type ChannelOptions, credentials, experimental } from '@grpc/grpc-js';
import type { TlsSettings } from './readTlsSettings.ts';
import { type CertificateLogger, watchCertificates } from './watchCertificates.ts';

// How our clients connect to our servers: asked once a channel, with its address. One a process, for channels to one address
// share a connection only where they share their credentials.

export type ChannelSecurity = (address: string) => {
  readonly credentials: ChannelCredentials;
  readonly options: ChannelOptions;
};

const plain = { credentials: credentials.createInsecure(), options: {} };

export const plainChannels: ChannelSecurity = () => plain;

/**
 * @param logger told of renewed certificates; a command ends before there are any
 * @throws HoldfastError failedPrecondition where a file cannot be used
 */
export function channelSecurity(
  settings: TlsSettings['client'],
  logger: CertificateLogger = { info: () => undefined, warn: () => undefined },
): ChannelSecurity {
  if (settings === null) return plainChannels;
  const { ca, identity, serverName } = settings;
  const certificates = watchCertificates({ identity, ca }, logger);
  const secured = (override: string | null, host: string): ReturnType<ChannelSecurity> => ({
    credentials: experimental.createCertificateProviderChannelCredentials(
      certificates,
      identity === null ? null : certificates,
      { checkServerIdentity: (_name, certificate) => checkServerIdentity(host, certificate) },
    ),
    options: override === null ? {} : { 'grpc.ssl_target_name_override': override },
  });
  const byHost = new Map<string, ReturnType<ChannelSecurity>>();
  return address => {
    const host = serverName ?? address.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
    // A server is greeted by a name, and never by an address (RFC 6066): Node warns of it. What is checked is the address.
    const channel = byHost.get(host) ?? secured(isIP(host) === 0 ? serverName : 'localhost', host);
    byHost.set(host, channel);
    return channel;
  };
}

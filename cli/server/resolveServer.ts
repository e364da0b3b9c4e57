import { addressesOf } from '../../platform/addresses.ts';
import type { Configuration } from '../../platform/configuration.ts';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import { type ChannelSecurity, channelSecurity, plainChannels } from '../../platform/tls/channelSecurity.ts';

// Which installation a command talks to: this machine's, or the one that --server or HOLDFAST_SERVER names, and where its parts
// listen there.

export interface ServerOptions {
  readonly server?: string;
  readonly control?: string;
  readonly inference?: string;
}

export interface Server {
  /** What its stored login is kept under: `https://churn.example.com:9001`. Whether it is encrypted is part of it. */
  readonly name: string;
  /** host:port */
  readonly control: string;
  readonly inference: string;
  /** The gateway's URL, without a slash at its end. */
  readonly rest: string;
  /** Host and port; null where it is another machine's, whose Temporal answers that machine alone. */
  readonly temporalUi: string | null;
  /** What a command's line has to say to talk to the same one: ` --server …`, or nothing. */
  readonly flag: string;
  readonly encrypted: boolean;
  readonly security: ChannelSecurity;
  /** Whether this machine's own key may be presented there. */
  readonly isLocal: (address: string) => boolean;
}

/** @throws HoldfastError invalidArgument where an option is no address */
export function resolveServer(
  { server, control, inference }: ServerOptions,
  configuration: Configuration,
): Server {
  const own = addressesOf(configuration);
  const wanted = server ?? configuration.server;
  const { scheme, ...named } =
    wanted === undefined ? local(configuration) : readServer(wanted, server === undefined, configuration);
  const { client } = configuration.tls;
  const encrypted = scheme === 'https' || (scheme === null && client !== null);
  const addresses = {
    control: control === undefined ? named.control : checkAddress('--control', control),
    inference: inference === undefined ? named.inference : checkAddress('--inference', inference),
  };
  return {
    ...addresses,
    name: `${encrypted ? 'https' : 'http'}://${addresses.control}`,
    rest: named.rest,
    flag: server === undefined ? '' : ` --server ${server}`,
    temporalUi: wanted === undefined ? own.temporalUi : null,
    encrypted,
    security: encrypted
      ? channelSecurity(client ?? { ca: null, identity: null, serverName: null })
      : plainChannels,
    isLocal: address => address === own.control || address === own.inference || isLoopback(address),
  };
}

function local(configuration: Configuration) {
  const { control, inference, http } = addressesOf(configuration);
  return { scheme: null, control, inference, rest: `http://${http}` };
}

/** With a port, everything is behind it: a proxy tells gRPC's services and REST apart by their paths. */
function readServer(text: string, fromEnvironment: boolean, { ports }: Configuration) {
  const [, scheme = null, host, port] =
    /^(?:(https?):\/\/)?([^:\s/@]+|\[[0-9a-fA-F:]+\])(?::(\d{1,5}))?\/?$/.exec(text) ?? [];
  if (host === undefined || (port !== undefined && !isPort(port)))
    throw new HoldfastError(
      'invalidArgument',
      `${fromEnvironment ? 'HOLDFAST_SERVER' : '--server'} is ${JSON.stringify(text)}; expected a host, https://HOST or https://HOST:PORT.`,
    );
  const at = (own: number): string => `${host}:${port ?? own}`;
  const rest =
    port === undefined && scheme === 'https' ? `https://${host}` : `${scheme ?? 'http'}://${at(ports.http)}`;
  return { scheme, control: at(ports.control), inference: at(ports.inference), rest };
}

function checkAddress(flag: string, value: string): string {
  const [, port] = /^(?:[^:\s/]+|\[[0-9a-fA-F:]+\]):(\d{1,5})$/.exec(value) ?? [];
  if (port !== undefined && isPort(port)) return value;
  throw new HoldfastError(
    'invalidArgument',
    `${flag} is ${JSON.stringify(value)}; expected HOST:PORT, as 127.0.0.1:9001.`,
  );
}

const isPort = (text: string): boolean => Number(text) >= 1 && Number(text) <= 65_535;

const isLoopback = (address: string): boolean =>
  /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\]):\d+$/.test(address);

import type { FileRegistry } from '@bufbuild/protobuf';
import type { FileDescriptorSet } from '@bufbuild/protobuf/wkt';
import type { FastifyInstance } from 'fastify';
import type { Metrics } from '../observability/metrics/createMetrics.ts';
import type { Logger } from '../observability/createLogger.ts';
import type { Backend } from './createBackend.ts';
import type { Route } from './readRoutes.ts';

// What every part of the gateway may know. A part registers its routes and hooks on the application by itself and knows no other
// part: buildGateway.ts is the list of them.

export interface GatewayOptions {
  readonly descriptors: FileDescriptorSet;
  readonly backend: Backend;
  readonly logger: Logger;
  /** The header that names the unit of a call. Default x-unit-id. */
  readonly stickyHeader?: string;
  /** Of a body, and of the protobuf message that it becomes: what the servers take. Default 32 MiB. */
  readonly bodyLimitBytes?: number;
  /** Whether a span is made of each request. Default: no. */
  readonly traced?: boolean;
  /** How long close() lets unary calls under way go on. Default 8 s, less than a process may take to end. */
  readonly drainMs?: number;
  /** How long a stream may be silent before a sign of life goes out. Default 15 s. */
  readonly aliveMs?: number;
  /** Pages of these origins may call: `https://console.example`. Default none. */
  readonly corsOrigins?: readonly string[];
  /** Addresses of proxies: what they say of whom they call for, and of its https, is believed. Default none. */
  readonly trustedProxies?: readonly string[];
  /** Whether the address that browsers know is https, whatever a proxy says. Default no. */
  readonly isPublicHttps?: boolean;
  /** Of the bodies of callers who have not proved who they are, at a time: of one network, and of all. Default 32 and 128 MiB. */
  readonly strangers?: { readonly networkBytes: number; readonly totalBytes: number };
  readonly metrics?: Metrics;
  /** Of the requests that succeed, the share that leaves a line in the log. Default 0. */
  readonly accessLogShare?: number;
}

export interface GatewayContext extends Required<Omit<GatewayOptions, 'metrics'>> {
  readonly metrics: Metrics | undefined;
  readonly registry: FileRegistry;
  readonly routes: readonly Route[];
}

/** Registers one part of the gateway; the order of the list is the order of hooks. */
export type GatewayPart = (app: FastifyInstance, context: GatewayContext) => void;

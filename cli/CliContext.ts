import type { Configuration } from '../platform/configuration.ts';
import type { Clients } from './clients/createClients.ts';

// What every command is handed: where to write, how, and to whom to talk. Commands read no process.* of their own, so that
// their behaviour is in their arguments.

export type OutputFormat = 'table' | 'json';

/** The options that every command takes. */
export interface GlobalOptions {
  readonly json?: boolean;
  readonly output?: OutputFormat;
  readonly control?: string;
  readonly inference?: string;
}

export interface CliContext {
  readonly configuration: Configuration;
  readonly format: OutputFormat;
  readonly clients: Clients;
  /** Data only. */
  readonly stdout: NodeJS.WriteStream;
  /** Progress, notes and errors. */
  readonly stderr: NodeJS.WriteStream;
  readonly stdin: NodeJS.ReadStream;
  /** Aborted by Ctrl-C: calls end, temporary files go. */
  readonly signal: AbortSignal;
  /** Relative paths start here. */
  readonly directory: string;
}

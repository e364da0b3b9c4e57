import type { Command } from 'commander';
import type { Configuration } from '../platform/configuration.ts';
import type { Clients } from './clients/createClients.ts';
import type { CredentialStore } from './credentials/credentialStore.ts';
import type { Credential } from './credentials/findCredential.ts';
import type { EvaluateFile } from './evaluation/EvaluateFile.ts';
import type { Server } from './server/resolveServer.ts';

// What every command is handed: where to write, how, and to whom to talk. Commands read no process.* of their own, so that
// their behaviour is in their arguments.

export type OutputFormat = 'table' | 'json';

/** The options that every command takes. */
export interface GlobalOptions {
  readonly json?: boolean;
  readonly output?: OutputFormat;
  readonly server?: string;
  readonly control?: string;
  readonly inference?: string;
}

/** What bin/holdfast.ts hands to the command: its process, as far as a command may touch it, and what it may not import. */
export interface CliProcess {
  /** Data only. */
  readonly stdout: NodeJS.WriteStream;
  /** Progress, notes and errors. */
  readonly stderr: NodeJS.WriteStream;
  readonly stdin: NodeJS.ReadStream;
  /** Aborted, with an Interrupted, by Ctrl-C: calls end, temporary files go. */
  readonly signal: AbortSignal;
  /** Relative paths start here. */
  readonly directory: string;
  /** Training in this very process, without any server. */
  readonly evaluateFile: EvaluateFile;
}

export interface CliContext extends CliProcess {
  readonly configuration: Configuration;
  readonly format: OutputFormat;
  readonly server: Server;
  /** What is presented to it; null: nothing. */
  readonly credential: Credential | null;
  readonly logins: CredentialStore;
  readonly clients: Clients;
}

/** Runs a command's action with what the global options say, and keeps its exit code. */
export type Runner = (command: Command, action: (context: CliContext) => Promise<number>) => Promise<void>;

import { Argument, type Command, Option } from 'commander';
import { optionsOf, type Position } from './readWords.ts';

// What the shell offers for the word that is being typed.

export interface Candidate {
  readonly value: string;
  readonly description: string;
}

/** `files`: the shell knows them better. */
export type Candidates = readonly Candidate[] | 'files';

/** Names that a server knows, by what they are names of. Undefined: of none that it knows. */
export type NameSource = (kind: string, position: Position) => Promise<Candidates> | undefined;

export async function listCandidates(position: Position, names: NameSource): Promise<Candidates> {
  const { command, typed, prefix, slot } = position;
  const found = slot === null ? [] : await valuesOf(slot, position, names);
  if (found === 'files') return found;
  const inCommand = slot instanceof Option ? [] : namesOf(command, position);
  return [...inCommand, ...found]
    .filter(({ value }) => value.startsWith(typed))
    .map(candidate => ({ ...candidate, value: `${prefix}${candidate.value}` }));
}

/** Subcommands, or once a hyphen is typed, options. */
function namesOf(command: Command, { typed, used, slot }: Position): Candidate[] {
  if (!typed.startsWith('-')) {
    const inner = command.createHelp().visibleCommands(command);
    return inner.map(each => ({ value: each.name(), description: each.description() }));
  }
  if (slot !== null) return [];
  return optionsOf(command).flatMap(({ long, description }) =>
    long === undefined || used.has(long) ? [] : [{ value: long, description }],
  );
}

async function valuesOf(slot: Option | Argument, position: Position, names: NameSource): Promise<Candidates> {
  if (slot.argChoices !== undefined) return slot.argChoices.map(value => ({ value, description: '' }));
  for (const kind of kindsOf(slot, position.command)) {
    const found = names(kind, position);
    if (found !== undefined) return found;
  }
  return [];
}

/** As what it is written in the help, the more special first: `datasets version`, `version`. */
function kindsOf(slot: Option | Argument, command: Command): string[] {
  const placeholder = slot instanceof Argument ? slot.name() : /[<[]([^>\].]+)/.exec(slot.flags)?.[1];
  const own = [placeholder ?? '', ...(slot instanceof Option ? [slot.attributeName()] : [])];
  return [...own.map(name => `${command.parent?.name()} ${name}`), ...own];
}

import type { Argument, Command, Option } from 'commander';

// What the words typed so far mean: which command they reached, what it was given, and what the last one is the beginning of. It reads
// commander's own tree, so that no command or option is listed a second time.

export interface Position {
  readonly command: Command;
  /** What was typed of the word to complete: of an option's value the value alone. */
  readonly typed: string;
  /** What stands before it in the same word, `--model=`, and comes back with every candidate. */
  readonly prefix: string;
  /** What the word is: the value of an option, the place of an argument, or neither: a command's name or an option. */
  readonly slot: Option | Argument | null;
  /** Values of options and arguments by their names. */
  readonly given: ReadonlyMap<string, string>;
  /** Long names of options that are there already and are not repeated. */
  readonly used: ReadonlySet<string>;
}

/** @param words without the program's name; the last one is being typed, and empty where it has not begun */
export function readWords(program: Command, words: readonly string[]): Position {
  const typed = words.at(-1) ?? '';
  const before = words.slice(0, -1);
  const given = new Map<string, string>();
  const used = new Set<string>();
  let command = program;
  let argumentCount = 0;
  let pending: Option | null = null;
  let onlyArguments = false;
  for (const word of before) {
    if (pending !== null) {
      given.set(pending.attributeName(), word);
      pending = null;
    } else if (word === '--' && !onlyArguments) onlyArguments = true;
    else if (word.startsWith('-') && word !== '-' && !onlyArguments) {
      const { option, value } = readOption(command, word);
      if (option === undefined) continue;
      if (option.long !== undefined && !option.variadic && option.parseArg === undefined)
        used.add(option.long);
      if (value !== null) given.set(option.attributeName(), value);
      else if (takesValue(option)) pending = option;
    } else {
      const inner = argumentCount === 0 ? command.commands.find(each => each.name() === word) : undefined;
      if (inner !== undefined) command = inner;
      else {
        const argument = command.registeredArguments[argumentCount];
        if (argument !== undefined) given.set(argument.name(), word);
        argumentCount++;
      }
    }
  }
  const rest = { command, given, used };
  if (pending !== null) return { ...rest, typed, prefix: '', slot: pending };
  const { option, value } = readOption(command, typed);
  if (option !== undefined && value !== null && !onlyArguments)
    return { ...rest, typed: value, prefix: typed.slice(0, typed.length - value.length), slot: option };
  const { registeredArguments: places } = command;
  const last = places.at(-1);
  const slot = places[argumentCount] ?? (last?.variadic === true ? last : null);
  const isOption = typed.startsWith('-') && typed !== '-' && !onlyArguments;
  return { ...rest, typed, prefix: '', slot: isOption ? null : slot };
}

export const takesValue = ({ required, optional }: Option): boolean => required || optional;

/** Of the command and of those that it is below; a --help is each one’s own. */
export function optionsOf(command: Command): Option[] {
  const own = command.createHelp().visibleOptions(command);
  if (command.parent === null) return own;
  const outer = optionsOf(command.parent).filter(({ long }) => own.every(each => each.long !== long));
  return [...own, ...outer];
}

/** `--name`, `-n` or `--name=value`; the value is null where the word has none. */
function readOption(
  command: Command,
  word: string,
): { readonly option: Option | undefined; readonly value: string | null } {
  const equals = word.startsWith('--') ? word.indexOf('=') : -1;
  const name = equals === -1 ? word : word.slice(0, equals);
  const option = optionsOf(command).find(each => each.long === name || each.short === name);
  return { option, value: equals === -1 ? null : word.slice(equals + 1) };
}

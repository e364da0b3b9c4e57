import { Argument, type Command } from 'commander';
import type { CliContext, CliProcess, GlobalOptions } from '../CliContext.ts';
import { listCandidates } from '../completion/listCandidates.ts';
import { readWords } from '../completion/readWords.ts';
import { scripts } from '../completion/scripts.ts';
import { createServerNames } from '../completion/serverNames.ts';
import { examples } from '../examples.ts';

const shells = ['bash', 'zsh', 'fish'] as const;

/** @param open a context by global options, which are those of the line that is being completed */
export function addCompletionCommands(
  program: Command,
  { stdout }: CliProcess,
  open: (options: GlobalOptions) => CliContext,
): void {
  program
    .command('completion')
    .description('print the script by which a shell completes this command')
    .addArgument(new Argument('<shell>').choices(shells))
    .addHelpText(
      'after',
      examples(
        'source <(./holdfast completion bash)',
        'source <(./holdfast completion zsh)',
        './holdfast completion fish > ~/.config/fish/completions/holdfast.fish',
      ),
    )
    .action((shell: (typeof shells)[number]) => {
      stdout.write(scripts[shell]);
    });
  program
    .command('complete', { hidden: true })
    .description('what may come next, a line each: called by those scripts')
    .argument('[words...]', 'behind --: the words so far, the last one is being typed')
    .action(async (words: readonly string[]) => {
      const names = createServerNames(({ given }) =>
        open({
          server: given.get('server'),
          control: given.get('control'),
          inference: given.get('inference'),
        }),
      );
      const found = await listCandidates(readWords(program, words), names);
      if (found === 'files') stdout.write(':files\n');
      else
        for (const { value, description } of found)
          stdout.write(`${value}\t${description.replace(/\s+/g, ' ')}\n`);
    });
}

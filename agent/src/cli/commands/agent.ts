import { Command } from 'commander';
import { flagsHelp } from '../../config/document.ts';
import { type CliCommand, type Runner, usage } from '../command.ts';

/** The agent reads its own flags, so this command only stands in the help. */
export function agentCommand(run: Runner): CliCommand {
  const command = new Command('agent')
    .description('run the agent: keep the environment equal to its repository until stopped')
    .usage('--git-url=<url> [flags]')
    .addHelpText('after', () => `\n${flagsHelp()}`)
    .allowUnknownOption()
    .allowExcessArguments()
    .action(
      run<unknown>(async () => {
        throw usage('"agent" must be the first word: weaveflux agent --git-url=<url>.');
      }),
    );
  return { command, example: 'weaveflux agent --git-url=git@github.com:example/environment.git --git-path=shop' };
}

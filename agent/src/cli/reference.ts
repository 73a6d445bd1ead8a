import type { Argument, Command, Option } from 'commander';
import { type CliCommand, noRunner } from './command.ts';
import { allCommands, createProgram } from './program.ts';

/** `docs/reference/cli.md`, made from the definitions of the commands. */
export function cliReference(): string {
  const program = createProgram('');
  const commands = allCommands(noRunner);
  return `${[
    '# The command `weaveflux`',
    '',
    'Generated from the command definitions by `npm run docs`; do not edit.',
    '',
    'It speaks to an agent: to the one of `--agent-file`; else to the one that runs on this machine; else to the one in the',
    'cluster of the kubeconfig. `--context`, `--namespace` or `--kubeconfig` say that the one in the cluster is meant, which is',
    'reached by port-forward with a short token, as [access.md](../access.md) tells.',
    'An agent on this machine leaves its address and token in a file that only its user can read,',
    '`~/.local/state/weaveflux/agents/<environment>.json` (or below `$XDG_STATE_HOME`).',
    'Colours are used on a terminal only, and not with `NO_COLOR`. Errors are one sentence on standard error.',
    '',
    '| Exit code | Meaning |',
    '| --- | --- |',
    '| 0 | All went well. |',
    '| 1 | Something failed: an object, a change, or reaching the agent. |',
    '| 2 | The command line is wrong. |',
    '',
    '## Every command',
    '',
    ...optionTable(program.options),
    '',
    ...commands.flatMap(section),
  ].join('\n')}`;
}

function section({ command, example }: CliCommand): string[] {
  const aliases = command.aliases().map((alias) => `\`${alias}\``);
  const takes = [...command.registeredArguments.map(argumentRow), ...command.options.map(optionRow)];
  return [
    `## \`weaveflux ${command.name()}\``,
    '',
    `${sentence(command.description())}${aliases.length === 0 ? '' : ` Also: ${aliases.join(', ')}.`}`,
    ...(command.name() === 'agent' ? [' Its flags are in [flags.md](flags.md).'] : []),
    '',
    '```sh',
    example,
    '```',
    '',
    `Usage: \`${usageOf(command)}\``,
    '',
    ...(takes.length === 0 ? [] : ['| Takes | Meaning | Default |', '| --- | --- | --- |', ...takes, '']),
  ];
}

function usageOf(command: Command): string {
  return `weaveflux ${command.name()} ${command.usage()}`;
}

function optionTable(options: readonly Option[]): string[] {
  return ['| Option | Meaning | Default |', '| --- | --- | --- |', ...options.map(optionRow)];
}

function argumentRow(argument: Argument): string {
  const name = argument.required ? `<${argument.name()}>` : `[${argument.name()}]`;
  return `| \`${cell(name)}\` | ${cell(argument.description)} | |`;
}

function optionRow(option: Option): string {
  const choices = option.argChoices === undefined ? '' : ` (${option.argChoices.join(', ')})`;
  const needed = option.mandatory ? ' (needed)' : '';
  const preset = option.defaultValue === undefined ? '' : ` \`${String(option.defaultValue)}\``;
  return `| \`${cell(option.flags)}\` | ${cell(option.description)}${choices}${needed} |${preset} |`;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

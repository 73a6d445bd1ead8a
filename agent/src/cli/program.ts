import { Command, Option, type OutputConfiguration } from 'commander';
import { type CliCommand, noRunner, type Runner } from './command.ts';
import { adoptCommand } from './commands/adopt.ts';
import { agentCommand } from './commands/agent.ts';
import { approveCommand } from './commands/approve.ts';
import { diffCommand } from './commands/diff.ts';
import { eventsCommand } from './commands/events.ts';
import { historyCommand } from './commands/history.ts';
import { identityCommand } from './commands/identity.ts';
import { imagesCommand, workloadsCommand } from './commands/images.ts';
import { installCommand } from './commands/install.ts';
import { migrateCommand } from './commands/migrate.ts';
import { pinCommand, unpinCommand } from './commands/pin.ts';
import { automateCommand, deautomateCommand, policyCommand } from './commands/policy.ts';
import { rbacCommand } from './commands/rbac.ts';
import { releaseCommand, rollbackCommand } from './commands/release.ts';
import { statusCommand } from './commands/status.ts';
import { resumeCommand, suspendCommand } from './commands/suspend.ts';
import { syncCommand } from './commands/sync.ts';
import { whyCommand } from './commands/why.ts';

const MAKERS: readonly ((run: Runner) => CliCommand)[] = [
  agentCommand,
  statusCommand,
  syncCommand,
  diffCommand,
  whyCommand,
  eventsCommand,
  imagesCommand,
  workloadsCommand,
  historyCommand,
  releaseCommand,
  approveCommand,
  rollbackCommand,
  pinCommand,
  unpinCommand,
  automateCommand,
  deautomateCommand,
  policyCommand,
  suspendCommand,
  resumeCommand,
  adoptCommand,
  identityCommand,
  installCommand,
  rbacCommand,
  migrateCommand,
];

/** How a person says which agent is meant: before the command's name or after it. */
const CHOOSING: readonly (readonly [string, string])[] = [
  ['--agent-file <path>', 'the file that names the agent (or WEAVEFLUX_AGENT_FILE)'],
  ['--environment <name>', 'the environment, where several agents run (or WEAVEFLUX_ENVIRONMENT)'],
  ['--namespace <name>', "the agent's namespace in the cluster (default: weaveflux)"],
  ['--context <name>', 'the context of the kubeconfig that leads to the cluster (default: the current one)'],
  ['--kubeconfig <path>', 'the kubeconfig (default: KUBECONFIG, else ~/.kube/config)'],
];

/** Every command, in the order of the help. */
export function allCommands(run: Runner): CliCommand[] {
  return MAKERS.map((make) => make(run));
}

/** The whole command line. It never ends the process: its parsing throws CommanderErrors. */
export function createProgram(version: string, run: Runner = noRunner, output: OutputConfiguration = {}): Command {
  const program = new Command('weaveflux')
    .description('keep an environment equal to its Git repository, and release new images by policy')
    .version(version)
    .enablePositionalOptions()
    .addHelpText('after', '\nExit codes: 0 all went well, 1 something failed, 2 the command line is wrong.')
    .configureHelp({ showGlobalOptions: true, visibleGlobalOptions: commonOptions })
    .configureOutput({
      ...output,
      outputError: (text, write) =>
        write(
          `weaveflux: ${text
            .replace(/^error: /, '')
            .trim()
            .replaceAll('\n', ' ')}\n`,
        ),
    })
    .exitOverride();
  for (const [flags, description] of CHOOSING) program.option(flags, description);
  for (const { command, example } of allCommands(run)) {
    addChoosing(command);
    command.addHelpText('after', `\nExample:\n  ${example.replaceAll('\n', '\n  ')}`);
    program.addCommand(command.copyInheritedSettings(program));
  }
  return program;
}

/** What the help of a command shows of the options that all have: none that it has itself, and the agent has its own. */
function commonOptions(command: Command): Option[] {
  if (command.name() === 'agent') return [];
  const own = new Set(command.options.filter(({ hidden }) => !hidden).map(({ long }) => long));
  return command.parent?.options.filter(({ long }) => !own.has(long)) ?? [];
}

/** A command that has an option of the same name keeps it for itself: there the agent's stands before the command. */
function addChoosing(command: Command): void {
  for (const [flags, description] of CHOOSING) {
    const option = new Option(flags, description).hideHelp();
    if (!command.options.some(({ long }) => long === option.long)) command.addOption(option);
  }
}

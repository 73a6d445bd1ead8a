import { Command, Option } from 'commander';
import { type ChangeOptions, changeOptions, given, submit } from '../changes.ts';
import type { CliCommand, Runner } from '../command.ts';

interface Options extends ChangeOptions {
  tag?: string;
  reason?: string;
}

export function pinCommand(run: Runner): CliCommand {
  const command = new Command('pin')
    .alias('lock')
    .description('keep a workload or container at its tag, whatever its policy chooses')
    .argument('<workload>', 'namespace:kind/name, or any unambiguous end of it')
    .option('-c, --container <container>', 'only this container')
    .option('-t, --tag <tag>', 'go to this tag first')
    .option('-m, --reason <text>', 'why; it is written next to the pin')
    .addOption(new Option('--message <text>', 'as in Flux v1').hideHelp());
  changeOptions(command, { local: true }).action(
    run<Options>((session, workload = '') => {
      const { container, tag, message, reason = message } = session.options;
      const change = { ...given('container', container), ...given('tag', tag), ...given('reason', reason) };
      return submit(session, [{ kind: 'pin', workload, ...change }]);
    }),
  );
  return { command, example: 'weaveflux pin shop:deployment/web --reason "until the audit is over"' };
}

export function unpinCommand(run: Runner): CliCommand {
  const command = new Command('unpin')
    .alias('unlock')
    .description('end a pin')
    .argument('<workload>', 'namespace:kind/name, or any unambiguous end of it')
    .option('-c, --container <container>', 'only this container')
    .option('-m, --message <text>', 'why, for the commit');
  changeOptions(command, { local: true }).action(
    run<Options>((session, workload = '') => {
      const { container, message } = session.options;
      return submit(session, [{ kind: 'unpin', workload, ...given('container', container) }], message);
    }),
  );
  return { command, example: 'weaveflux unpin shop:deployment/web' };
}

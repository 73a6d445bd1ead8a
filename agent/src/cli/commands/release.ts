import { Command } from 'commander';
import { type ChangeOptions, changeOptions, given, submit } from '../changes.ts';
import type { CliCommand, Runner } from '../command.ts';

interface Options extends ChangeOptions {
  tag?: string;
  force?: boolean;
  to?: string;
}

export function releaseCommand(run: Runner): CliCommand {
  const command = new Command('release')
    .description('release a tag to a workload: the one that the policy chooses, or the one given')
    .argument('<workload>', 'namespace:kind/name, or any unambiguous end of it')
    .option('-c, --container <container>', 'only this container')
    .option('-t, --tag <tag>', 'this tag, whatever the policy says')
    .option('-f, --force', 'release even what is pinned, or not signed as it must be')
    .option('-m, --message <text>', 'why, for the commit');
  changeOptions(command, { local: true }).action(
    run<Options>((session, workload = '') => {
      const { container, tag, force, message } = session.options;
      const change = { ...given('container', container), ...given('tag', tag), ...given('force', force) };
      return submit(session, [{ kind: 'release', workload, ...change }], message);
    }),
  );
  return { command, example: 'weaveflux release shop:deployment/web --tag 1.4.2 -m "the fix for the checkout"' };
}

export function rollbackCommand(run: Runner): CliCommand {
  const command = new Command('rollback')
    .description('go back to the previous tag, and hold the one left')
    .argument('<workload>', 'namespace:kind/name, or any unambiguous end of it')
    .option('-c, --container <container>', 'only this container')
    .option('--to <tag>', 'this tag instead of the previous one')
    .option('-m, --message <text>', 'why, for the commit');
  changeOptions(command, { local: false }).action(
    run<Options>((session, workload = '') => {
      const { container, to, message } = session.options;
      return submit(
        session,
        [{ kind: 'rollback', workload, ...given('container', container), ...given('to', to) }],
        message,
      );
    }),
  );
  return { command, example: 'weaveflux rollback shop:deployment/web -m "1.4.2 loses orders"' };
}

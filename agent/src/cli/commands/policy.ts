import { Command } from 'commander';
import { type ChangeOptions, changeOptions, given, submit } from '../changes.ts';
import { type CliCommand, type Runner, usage } from '../command.ts';

interface Options extends ChangeOptions {
  fromNow?: boolean;
  remove?: boolean;
}

export function automateCommand(run: Runner): CliCommand {
  const command = new Command('automate')
    .description('let the policies of a workload release new tags by themselves')
    .argument('<workload>', 'namespace:kind/name, or any unambiguous end of it')
    .option('--from-now', 'take what the policy chooses even where its order to the present tag is unknown')
    .option('-m, --message <text>', 'why, for the commit');
  changeOptions(command, { local: true }).action(
    run<Options>((session, workload = '') => {
      const { fromNow, message } = session.options;
      return submit(session, [{ kind: 'automate', workload, ...given('fromNow', fromNow) }], message);
    }),
  );
  return { command, example: 'weaveflux automate shop:deployment/web' };
}

export function deautomateCommand(run: Runner): CliCommand {
  const command = new Command('deautomate')
    .description('release new tags of a workload only when a person asks')
    .argument('<workload>', 'namespace:kind/name, or any unambiguous end of it')
    .option('-m, --message <text>', 'why, for the commit');
  changeOptions(command, { local: true }).action(
    run<Options>((session, workload = '') =>
      submit(session, [{ kind: 'deautomate', workload }], session.options.message),
    ),
  );
  return { command, example: 'weaveflux deautomate shop:deployment/web' };
}

export function policyCommand(run: Runner): CliCommand {
  const command = new Command('policy')
    .description("write or remove the policy of a container's tags")
    .argument('<workload>', 'namespace:kind/name, or any unambiguous end of it')
    .argument('<container>', 'the container')
    .argument('[policy]', 'such as semver:~1.4, glob:main-*, numerical:^build-(\\d+)$')
    .option('--remove', 'remove the policy')
    .option('-m, --message <text>', 'why, for the commit');
  changeOptions(command, { local: true }).action(
    run<Options>(async (session, workload = '', container = '', policy) => {
      const { remove, message } = session.options;
      if ((policy === undefined) !== (remove === true)) throw usage('Give either a policy or --remove.');
      return submit(session, [{ kind: 'policy', workload, container, ...given('policy', policy) }], message);
    }),
  );
  return { command, example: "weaveflux policy shop:deployment/web web 'semver:~1.4'" };
}

import { Command } from 'commander';
import type { MigrateOptions } from '../../migrate/run.ts';
import { type CliCommand, outputOption, type Runner, type Session, usage } from '../command.ts';
import { EXIT } from '../context.ts';
import { items } from '../text.ts';

interface Options extends MigrateOptions {
  readonly fromFlux?: boolean;
  readonly dryRun?: boolean;
}

export function migrateCommand(run: Runner): CliCommand {
  const command = new Command('migrate')
    .description('take over from Flux v1: show, and with --apply do, what is needed; nothing is deleted or restarted')
    .option('--from-flux', 'from a fluxd; the only thing that can be migrated from')
    .option('--apply', 'take the objects: their names into the inventory, our label on them; fluxd must be stopped')
    .option('--dry-run', 'only show it, which is what happens without --apply')
    .option(
      '-f, --file <path>',
      "a file with fluxd's Deployment, - for stdin (default: it is looked for in the cluster)",
    )
    .option('-w, --write <path>', 'write our manifests to this file (default: they are shown)')
    .option('-n, --namespace <name>', "where the agent goes (default: fluxd's own namespace, where its Secrets are)")
    .option(
      '--environment <name>',
      'the name of the environment, which every object will carry (or WEAVEFLUX_ENVIRONMENT; default: default)',
    )
    .option('--flux-namespace <name>', 'where fluxd is (default: looked for)')
    .option('--flux-deployment <name>', 'which fluxd, where there are several')
    .option(
      '--overlay <names>',
      'variants of the manifests, as "install" has them, repeated or separated by commas',
      items,
    )
    .option('--image <reference>', "the agent's image")
    .option('--image-pull-secret <name>', 'the Secret that it is pulled with')
    .addOption(outputOption())
    .action(run<Options>(migrate));
  return { command, example: 'weaveflux migrate --from-flux --write weaveflux-deployment.yaml' };
}

async function migrate(session: Session<Options>): Promise<number> {
  const { fromFlux, apply, dryRun } = session.options;
  if (fromFlux !== true) throw usage('"migrate" takes --from-flux: there is nothing else to migrate from yet.');
  if (apply === true && dryRun === true) throw usage('--apply and --dry-run contradict each other.');
  const { runMigration } = await import('../../migrate/run.ts');
  return (await runMigration(session)) ? EXIT.ok : EXIT.failed;
}

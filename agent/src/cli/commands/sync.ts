import { Command } from 'commander';
import { type CliCommand, outputOption, type Runner, type Session } from '../command.ts';
import { reportJob } from '../jobs.ts';

interface Options {
  confirmPrune?: string;
}

export function syncCommand(run: Runner): CliCommand {
  const command = new Command('sync')
    .description('apply the repository now, wait, and print what became of each object')
    .option('--confirm-prune <revision>', 'allow exactly the prune that "weaveflux status" lists for this revision')
    .addOption(outputOption())
    .action(run<Options>(sync));
  return { command, example: 'weaveflux sync' };
}

async function sync(session: Session<Options>): Promise<number> {
  const client = await session.client();
  const { confirmPrune } = session.options;
  const request = { requestedBy: await session.requestedBy(), ...(confirmPrune === undefined ? {} : { confirmPrune }) };
  return reportJob(client, await client.sync(request, session.context.signal), session, false);
}

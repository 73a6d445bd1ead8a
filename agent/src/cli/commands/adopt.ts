import { Command } from 'commander';
import type { CliCommand, Runner, Session } from '../command.ts';
import { EXIT } from '../context.ts';

export function adoptCommand(run: Runner): CliCommand {
  const command = new Command('adopt')
    .description("make an object that carries another environment's label this environment's")
    .argument('<object>', 'namespace:kind/name, or any unambiguous end of it')
    .action(run<unknown>(adopt));
  return { command, example: 'weaveflux adopt shop:configmap/settings' };
}

async function adopt(session: Session<unknown>, object = ''): Promise<number> {
  const request = { requestedBy: await session.requestedBy(), object };
  await (await session.client()).adopt(request, session.context.signal);
  session.printer.line(`Adopted ${object}; the next sync applies it.`);
  return EXIT.ok;
}

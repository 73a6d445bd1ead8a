import { Command } from 'commander';
import { type CliCommand, outputOption, type Runner, type Session } from '../command.ts';
import { EXIT } from '../context.ts';
import { printable } from '../text.ts';

export function whyCommand(run: Runner): CliCommand {
  const command = new Command('why')
    .description('say why an object or an image is as it is')
    .argument('<object|image>', 'namespace:kind/name, any unambiguous end of it, or an image')
    .addOption(outputOption())
    .action(run<unknown>(explain));
  return { command, example: 'weaveflux why shop:deployment/web' };
}

async function explain({ client, printer, context }: Session<unknown>, subject = ''): Promise<number> {
  const explanation = await (await client()).explain(subject, context.signal);
  if (printer.json) printer.value(explanation);
  else for (const line of explanation.lines) printer.line(printable(line));
  return EXIT.ok;
}

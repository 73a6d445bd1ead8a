import { asWeavefluxError } from '@weaveflux/shared';
import { CommanderError } from 'commander';
import { createRunner } from './command.ts';
import { type CliContext, EXIT } from './context.ts';
import { errorLine } from './print.ts';
import { createProgram } from './program.ts';

/** Runs one command line (without node and the script) and resolves with its exit code; never rejects. */
export async function runCli(argv: readonly string[], context: CliContext): Promise<number> {
  let code: number = EXIT.ok;
  const run = createRunner(context, (given) => {
    code = given;
  });
  const program = createProgram(context.version, run, {
    writeOut: (text) => context.stdout.write(text),
    writeErr: (text) => context.stderr.write(text),
  });
  try {
    // The agent reads its own flags, which are many and follow other rules.
    if (argv[0] === 'agent' && !argv.some((word) => word === '--help' || word === '-h')) {
      return await context.runAgent(argv.slice(1), context.signal);
    }
    await program.parseAsync(argv, { from: 'user' });
    return code;
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? EXIT.ok : EXIT.usage;
    if (context.signal.aborted) {
      context.stderr.write('weaveflux: stopped waiting; what the agent has begun it carries on.\n');
      return EXIT.failed;
    }
    const error = asWeavefluxError(thrown);
    context.stderr.write(errorLine(error));
    return error.code === 'INVALID_FLAG' ? EXIT.usage : EXIT.failed;
  }
}

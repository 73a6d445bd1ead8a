import { WeavefluxError } from '@weaveflux/shared';
import { processContext } from './cli/process-context.ts';
import { runCli } from './cli/run.ts';

const context = processContext(async () => {
  throw new WeavefluxError('NOT_SUPPORTED', 'The agent is not wired yet.');
});
process.exitCode = await runCli(process.argv.slice(2), context);

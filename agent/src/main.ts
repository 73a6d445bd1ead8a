import { processContext } from './cli/process-context.ts';
import { runCli } from './cli/run.ts';

const context = processContext(async (argv, stop) => {
  // The other commands start fast because they never load the agent.
  const { runAgent } = await import('./run/run-agent.ts');
  return runAgent(argv, { env: context.env, version: context.version, stop });
});
process.exitCode = await runCli(process.argv.slice(2), context);

import { processContext } from './cli/process-context.ts';
import { runCli } from './cli/run.ts';
import { runAgent } from './run-agent.ts';

const context = processContext((argv, stop) => runAgent(argv, { env: context.env, version: context.version, stop }));
process.exitCode = await runCli(process.argv.slice(2), context);

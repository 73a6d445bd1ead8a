// `npm start`: the sandbox, or with flags the agent on the user's own repository and cluster.
import { ensureReady, runOnProjectNode } from './lib/bootstrap.mjs';

await ensureReady();
const own = process.argv.slice(2).some((argument) => argument.startsWith('--git-url'));
const [script, ...first] = own ? ['agent/src/main.ts', 'agent'] : ['test/sandbox/main.ts'];
process.exitCode = await runOnProjectNode([script, ...first, ...process.argv.slice(2)]);

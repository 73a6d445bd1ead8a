// `npm start`: the sandbox, or with flags the agent on the user's own repository and cluster.
import { ensureReady, runOnProjectNode } from './lib/bootstrap.mjs';

await ensureReady();
const given = process.argv.slice(2);
const own = given.some((argument) => argument !== '--tour');
process.exitCode = await runOnProjectNode([
  ...(own ? ['agent/src/main.ts', 'agent'] : ['test/sandbox/main.ts']),
  ...given,
]);

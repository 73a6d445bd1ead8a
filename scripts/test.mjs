// `npm test`: types, lint, unit tests, then the suites that run on real components.
// `npm test unit`, `npm test rig`, `npm test scenarios`, `npm test prune`: some of them, by kind or part of a path.
import { ensureReady, runOnProjectNode } from './lib/bootstrap.mjs';

await ensureReady();
process.exitCode = await runOnProjectNode(['scripts/lib/tests/main.mjs', ...process.argv.slice(2)]);

// `npm run bench`: measures the agent beside its limits and writes docs/benchmarks.md.
import { ensureReady, runOnProjectNode } from './lib/bootstrap.mjs';

await ensureReady();
process.exitCode = await runOnProjectNode(['--expose-gc', 'test/bench/main.ts', ...process.argv.slice(2)]);

// The test run itself, on the project's Node.
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { createFinder } from '../../../test/rig/tools/find.ts';
import { ROOT } from '../bootstrap.mjs';
import { runChecks } from './checks.mjs';
import { prepare } from './components.mjs';
import { createReport } from './report.mjs';
import { runFiles } from './run-files.mjs';
import { findSuites } from './suites.mjs';

const FILE_LIMIT = { unit: 120_000, components: 480_000, workbench: 900_000, node: 900_000 };
const RUN_LIMIT = 80 * 60_000;

const args = process.argv.slice(2);
const report = createReport();
const overall = AbortSignal.timeout(RUN_LIMIT);
const paths = args.filter((arg) => arg !== 'checks');
const suites = args.length > 0 && paths.length === 0 ? [] : findSuites(paths);
const units = suites.filter((suite) => suite.unit);
const others = suites.filter((suite) => !suite.unit);
const needed = [...new Set(others.flatMap((suite) => suite.components))];
const preparing = prepare(needed, createFinder({ report: report.say }), report.say);

if (args.length === 0 || args.includes('checks')) await runChecks(report);
if (suites.length === 0 && !args.includes('checks')) report.failed(args.join(' '), 'no test file has this in its path');
await follow(units, availableParallelism(), FILE_LIMIT.unit);

if (needed.length > 0) report.say(`getting ${needed.join(', ')}`);
const missing = await preparing;
const ready = others.filter((suite) => {
  const lacking = suite.components.find((name) => missing.has(name));
  if (lacking) report.skipped(suite.file, `no ${lacking} (${missing.get(lacking)})`);
  return !lacking;
});
// A machine has room for one node: the suites that start it would only wait for each other.
const onNode = ({ components }) => components.includes('node');
// A workbench with its browser takes two cores by itself, and what a person sees must come while a person would wait.
const onWorkbench = ({ components }) => components.includes('workbench');
await follow(
  ready.filter((suite) => !onNode(suite) && !onWorkbench(suite)),
  2,
  FILE_LIMIT.components,
);
await follow(
  ready.filter((suite) => onWorkbench(suite) && !onNode(suite)),
  1,
  FILE_LIMIT.workbench,
);
await follow(ready.filter(onNode), 1, FILE_LIMIT.node);
if (overall.aborted) report.failed('the whole run', `not done after ${RUN_LIMIT / 60_000} minutes`);
// Set, not called: what was printed must get out first.
process.exitCode = report.end(process.env.CI === 'true');

async function follow(list, concurrency, timeout) {
  if (list.length === 0) return;
  const files = list.map((suite) => join(ROOT, suite.file));
  await report.follow(runFiles(files, { concurrency, timeout, signal: overall }));
}

// What is looked at without running anything: types, lint, and what is made of the code: pages and what users apply.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from '../bootstrap.mjs';

const CHECKS = [
  ['types', 'tsc', ['-b']],
  ['lint', 'biome', ['check', '--colors=off', '.']],
  ['pages', 'node', ['scripts/docs.mjs', '--check']],
  ['deploy', 'node', ['scripts/deploy.mjs', '--check']],
];

/** Runs the checks at once; each counts as a test. */
export async function runChecks(report) {
  await Promise.all(
    CHECKS.map(async ([name, program, args]) => {
      const { code, output, seconds } = await run(join(ROOT, 'node_modules/.bin', program), args);
      if (code === 0) report.passed(name, seconds);
      else report.failed(name, output);
    }),
  );
}

function run(command, args) {
  const start = Date.now();
  const child = spawn(command, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  const chunks = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => chunks.push(chunk));
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: 1, output: error.message, seconds: 0 }));
    child.once('close', (code) => {
      resolve({ code, output: Buffer.concat(chunks).toString(), seconds: (Date.now() - start) / 1000 });
    });
  });
}

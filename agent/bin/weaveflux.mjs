#!/usr/bin/env node
// Runs the command from its sources. A Node that cannot run TypeScript hands over to the one of the devDependencies.
import { spawn } from 'node:child_process';
import module, { createRequire } from 'node:module';
import { constants, homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const [major, minor] = process.versions.node.split('.').map(Number);

if (major > 22 || (major === 22 && minor >= 19)) await run();
else handOver();

async function run() {
  // Compiled sources are kept in the user's own folder: in a shared one somebody else could have put them there.
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  module.enableCompileCache(join(cache, 'weaveflux', 'compiled'));
  await import('../src/main.ts');
}

function handOver() {
  const node = newerNode();
  if (node === undefined) {
    process.stderr.write(
      `weaveflux: Node ${process.versions.node} is too old, 22.19 or newer is needed; run "npm ci" in the checkout to get one.\n`,
    );
    process.exit(1);
  }
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
  // A terminal's Ctrl-C reaches the child by itself; here this process only must not end first.
  process.on('SIGINT', () => {});
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    process.stderr.write(`weaveflux: ${node} cannot be started (${error.code}).\n`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
}

function newerNode() {
  try {
    return join(dirname(createRequire(import.meta.url).resolve('node/package.json')), 'bin', 'node');
  } catch {
    return undefined;
  }
}

// Writes the pages of docs/reference that are made of tables in the code: npm run docs
// With --check it writes nothing, names the stale ones and fails: npm run docs -- --check
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = new URL('..', import.meta.url);
const major = Number(process.versions.node.split('.')[0]);

if (major < 24) {
  const node = fileURLToPath(new URL('node_modules/.bin/node', root));
  const args = [fileURLToPath(import.meta.url), ...process.argv.slice(2)];
  process.exit(spawnSync(node, args, { stdio: 'inherit' }).status ?? 1);
}

const [{ apiReference }, { cliReference }, { flagsReference }, { policiesPage }] = await Promise.all([
  import('../agent/src/api/reference.ts'),
  import('../agent/src/cli/reference.ts'),
  import('../agent/src/config/document.ts'),
  import('../shared/src/policies/document.ts'),
]);
const PAGES = { api: apiReference, cli: cliReference, flags: flagsReference, policies: policiesPage };

const pages = Object.entries(PAGES).map(([name, make]) => ({ path: `docs/reference/${name}.md`, text: make() }));
const stale = pages.filter(({ path, text }) => readPage(path) !== text);

if (process.argv.includes('--check')) {
  for (const { path } of stale) console.error(`${path} is not what the code says; run "npm run docs".`);
  process.exitCode = stale.length === 0 ? 0 : 1;
} else {
  mkdirSync(new URL('docs/reference/', root), { recursive: true });
  for (const { path, text } of stale) writeFileSync(new URL(path, root), text);
  console.log(stale.length === 0 ? 'Every page is as the code says.' : stale.map(({ path }) => path).join('\n'));
}

function readPage(path) {
  try {
    return readFileSync(new URL(path, root), 'utf8');
  } catch {
    return undefined;
  }
}

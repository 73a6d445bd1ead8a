// Writes what is made of the code: pages of docs/reference, the extension's schemas and its texts for translators: npm run docs
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

const [
  { apiReference },
  { cliReference },
  { flagsReference },
  { policiesPage },
  { environmentSchemaText, settingsSchemaText },
  { textsBundle },
] = await Promise.all([
  import('../agent/src/api/reference.ts'),
  import('../agent/src/cli/reference.ts'),
  import('../agent/src/config/document.ts'),
  import('../shared/src/policies/document.ts'),
  import('../extension/src/model/schemas/schemas.ts'),
  import('./lib/texts.mjs'),
]);
const PAGES = {
  'docs/reference/api.md': apiReference,
  'docs/reference/cli.md': cliReference,
  'docs/reference/flags.md': flagsReference,
  'docs/reference/policies.md': policiesPage,
  'extension/l10n/bundle.l10n.json': textsBundle,
  'extension/schemas/environment.json': environmentSchemaText,
  'extension/schemas/settings.json': settingsSchemaText,
};

const pages = await Promise.all(Object.entries(PAGES).map(async ([path, make]) => ({ path, text: await make() })));
const stale = pages.filter(({ path, text }) => readPage(path) !== text);

if (process.argv.includes('--check')) {
  for (const { path } of stale) console.error(`${path} is not what the code says; run "npm run docs".`);
  process.exitCode = stale.length === 0 ? 0 : 1;
} else {
  for (const { path, text } of stale) {
    mkdirSync(new URL('.', new URL(path, root)), { recursive: true });
    writeFileSync(new URL(path, root), text);
  }
  console.log(
    stale.length === 0 ? 'Every page, schema and text is as the code says.' : stale.map(({ path }) => path).join('\n'),
  );
}

function readPage(path) {
  try {
    return readFileSync(new URL(path, root), 'utf8');
  } catch {
    return undefined;
  }
}

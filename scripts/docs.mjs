// Writes the pages of docs/reference that are made of tables in the code: npm run docs
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = new URL('..', import.meta.url);
const major = Number(process.versions.node.split('.')[0]);

if (major < 24) {
  const node = fileURLToPath(new URL('node_modules/.bin/node', root));
  const { status } = spawnSync(node, [fileURLToPath(import.meta.url)], { stdio: 'inherit' });
  process.exit(status ?? 1);
}

const { policiesPage } = await import('../shared/src/policies/document.ts');
mkdirSync(new URL('docs/reference/', root), { recursive: true });
writeFileSync(new URL('docs/reference/policies.md', root), policiesPage());
console.log('docs/reference/policies.md');

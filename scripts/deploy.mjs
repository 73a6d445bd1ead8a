// Writes what is generated in deploy/: npm run deploy
// With --check it writes nothing, names what is stale or left over and fails: npm run deploy -- --check
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const deploy = join(root, 'deploy');
/** Folders in which everything is generated. */
const GENERATED = ['kustomize', 'chart'];

if (Number(process.versions.node.split('.')[0]) < 24) {
  const args = [fileURLToPath(import.meta.url), ...process.argv.slice(2)];
  process.exit(spawnSync(join(root, 'node_modules/.bin/node'), args, { stdio: 'inherit' }).status ?? 1);
}

const { deployFiles } = await import('../agent/src/install/files.ts');
const { version } = JSON.parse(readFileSync(join(root, 'agent/package.json'), 'utf8'));
const files = deployFiles(version);
const stale = [...files].filter(([path, text]) => read(path) !== text).map(([path]) => path);
const left = GENERATED.flatMap(list).filter((path) => !files.has(path));

if (process.argv.includes('--check')) {
  for (const path of stale) console.error(`deploy/${path} is not what the code says; run "npm run deploy".`);
  for (const path of left) console.error(`deploy/${path} is made by nothing; run "npm run deploy".`);
  process.exitCode = stale.length + left.length === 0 ? 0 : 1;
} else {
  for (const path of left) rmSync(join(deploy, path));
  for (const path of stale) {
    mkdirSync(dirname(join(deploy, path)), { recursive: true });
    writeFileSync(join(deploy, path), files.get(path));
  }
  console.log(stale.length + left.length === 0 ? 'Every file is as the code says.' : [...stale, ...left].join('\n'));
}

function list(folder) {
  try {
    const entries = readdirSync(join(deploy, folder), { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(deploy.length + 1));
  } catch {
    return [];
  }
}

function read(path) {
  try {
    return readFileSync(join(deploy, path), 'utf8');
  } catch {
    return undefined;
  }
}

import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Report } from './progress.ts';
import { run } from './run.ts';

const STAND_INS = fileURLToPath(new URL('../vscode/stand-ins', import.meta.url));

const FILES = ['extensions', 'npm-shrinkwrap.json', 'out', 'package.json', 'product.json', 'resources'];

/** Built-in extensions that are left out: what an editor of YAML in Git does without, most of the weight and starts. */
const EXTENSIONS_LEFT_OUT = [
  ...['copilot', 'mermaid-markdown-features', 'microsoft-authentication', 'github*', 'ms-vscode.*', 'debug-*'],
  ...['typescript-language-features', 'html-language-features', 'css-language-features', 'php-language-features'],
  ...['emmet', 'npm', 'grunt', 'gulp', 'jake', 'ipynb', 'notebook-renderers', 'extension-editing'],
  ...['tunnel-forwarding', 'terminal-suggest'],
];

/** Dependencies that are left out: AI, other systems, and C++ that a stand-in or nothing serves instead of. */
const LEFT_OUT = [
  /^@github\//,
  /^@devcontainers\//,
  /^@microsoft\/mxc-sdk$/,
  /^@vscode\/(copilot-api|sandbox-runtime|sqlite3|fs-copyfile|native-watchdog|spdlog|windows-.*)$/,
  /^(kerberos|ssh2|tar|zod|node-addon-api)$/,
];

const PROGRAM = `#!/bin/sh
exec "\${NODE:-node}" "$(dirname "$(readlink -f "$0")")/out/server-main.js" "$@"
`;

/**
 * VS Code's own server out of the npm package of code-server, in the directory `into`, with its dependencies.
 * No script of a package runs and nothing is compiled.
 */
export async function buildWorkbench(npmPackage: string, into: string, report: Report): Promise<void> {
  await unpack(npmPackage, into);
  report('workbench: unpacked, installing its dependencies');
  await installDependencies(into);
  for (const name of ['fs-copyfile', 'native-watchdog', 'spdlog']) await standIn(into, name);
  // Where the server looks for what it serves to the page.
  await symlink('node_modules', join(into, 'node_modules.asar'));
  await writeFile(join(into, 'workbench'), PROGRAM);
  await chmod(join(into, 'workbench'), 0o755);
}

async function unpack(npmPackage: string, into: string): Promise<void> {
  const directory = await mkdtemp(join(into, 'npm-'));
  try {
    const name = await run('npm', ['pack', '--silent', '--pack-destination', directory, npmPackage]);
    await run('tar', [
      ...['-xzf', join(directory, name.trim()), '-C', into, '--strip-components=3', '--exclude=*.map'],
      ...EXTENSIONS_LEFT_OUT.map((each) => `--exclude=package/lib/vscode/extensions/${each}`),
      ...FILES.map((each) => `package/lib/vscode/${each}`),
    ]);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function installDependencies(into: string): Promise<void> {
  const file = join(into, 'package.json');
  const json: { dependencies: Record<string, string> } = JSON.parse(await readFile(file, 'utf8'));
  const kept = Object.entries(json.dependencies).filter(([name]) => !LEFT_OUT.some((pattern) => pattern.test(name)));
  await writeFile(file, JSON.stringify({ ...json, dependencies: Object.fromEntries(kept) }, null, 2));
  await run('npm', ['install', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: into,
  });
  await dropOtherSystems(into);
}

/** Programs for other systems are most of what these two packages weigh. */
async function dropOtherSystems(into: string): Promise<void> {
  const ours = `${process.platform}-${process.arch}`;
  for (const directory of ['@vscode/ripgrep-universal/bin', 'node-pty/prebuilds']) {
    const all = join(into, 'node_modules', directory);
    await run('find', [all, '-mindepth', '1', '-maxdepth', '1', '!', '-name', ours, '-exec', 'rm', '-rf', '{}', '+']);
  }
}

async function standIn(into: string, name: string): Promise<void> {
  const directory = join(into, 'node_modules/@vscode', name);
  await mkdir(directory, { recursive: true });
  await copyFile(join(STAND_INS, `${name}.cjs`), join(directory, 'index.cjs'));
  await writeFile(join(directory, 'package.json'), JSON.stringify({ name: `@vscode/${name}`, main: 'index.cjs' }));
}

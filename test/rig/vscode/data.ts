import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { run } from '../tools/run.ts';
import { COMPANION } from './host-channel.ts';
import { registerExtension } from './installed.ts';
import { QUIET_SETTINGS } from './settings.ts';
import type { WorkbenchExtension } from './types.ts';

/** What VS Code finds where it keeps its data. */
export interface DataOptions {
  readonly folders: readonly string[];
  /** What is installed; none where the page brings an extension under development. */
  readonly extension?: WorkbenchExtension;
  /** Above the quiet ones. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** VS Code's data, in a directory. */
export interface CodeData {
  /** The options of its server that name the directories. */
  readonly args: readonly string[];
  /** What is opened, as the query of the page's address says it. */
  readonly query: string;
  hostLog(): Promise<string>;
}

/** Fills a directory with settings, extensions and the file of the workspace. `program` installs what is packed. */
export async function prepareData(directory: string, program: string, options: DataOptions): Promise<CodeData> {
  const data = join(directory, 'data');
  const extensions = join(directory, 'extensions');
  const args = ['--server-data-dir', data, '--user-data-dir', data, '--extensions-dir', extensions];
  await mkdir(extensions, { recursive: true });
  await writeSettings(data, options.settings);
  const { extension } = options;
  if (extension?.kind === 'vsix') await installPacked(program, extension.file, args);
  if (extension?.kind === 'development') await registerExtension(extensions, extension.path);
  if (extension) await registerExtension(extensions, COMPANION);
  return { args, query: await writeQuery(directory, options.folders), hostLog: () => readLogs(join(data, 'logs')) };
}

async function installPacked(program: string, file: string, args: readonly string[]): Promise<void> {
  await run(program, ['--install-extension', file, '--accept-server-license-terms', ...args], {
    env: { NODE: process.execPath },
  });
}

/** What is of the machine's scope counts in the second file only, what is of the application's in the first only. */
async function writeSettings(data: string, settings: DataOptions['settings']): Promise<void> {
  const files = { 'User/settings.json': { ...QUIET_SETTINGS, ...settings }, 'Machine/settings.json': settings };
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(data, name)), { recursive: true });
    await writeFile(join(data, name), `${JSON.stringify(content, null, 2)}\n`);
  }
}

async function writeQuery(directory: string, folders: readonly string[]): Promise<string> {
  const [only, ...more] = folders;
  if (only === undefined) return 'ew=true';
  if (more.length === 0) return `folder=${encodeURIComponent(only)}`;
  const file = join(directory, 'rig.code-workspace');
  await writeFile(file, JSON.stringify({ folders: folders.map((path) => ({ path, name: basename(path) })) }, null, 2));
  return `workspace=${encodeURIComponent(file)}`;
}

/** Everything that extension hosts and the log output channels wrote, file after file. */
async function readLogs(directory: string): Promise<string> {
  const names = await readdir(directory, { recursive: true });
  const files = names.filter((name) => name.includes('exthost') && name.endsWith('.log')).sort();
  const texts = await Promise.all(files.map((name) => readFile(join(directory, name), 'utf8')));
  return files.map((name, index) => `== ${name}\n${texts[index]}`).join('\n');
}

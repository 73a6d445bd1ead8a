import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryDirectory } from '../rig/index.ts';
import { run } from '../rig/tools/run.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const EXTENSION = join(ROOT, 'extension');
/** What of the extension's folder is made or for making. */
const NOT_SHIPPED = new Set(['dist', 'node_modules', 'src', 'test', 'webview']);

/** The extension as a folder of this process, with its bundles; removed with it. Made at the first call. */
export const buildExtension: () => Promise<string> = once(async () => {
  const folder = join(temporaryDirectory('extension'), 'extension');
  await mkdir(folder);
  await cp(EXTENSION, folder, { recursive: true, filter: isShipped });
  await cp(join(ROOT, 'LICENSE'), join(folder, 'LICENSE'));
  await run(process.execPath, [join(ROOT, 'scripts/build.mjs'), 'extension', join(folder, 'dist')], { cwd: ROOT });
  return folder;
});

/** The extension packed as a .vsix, as it is published; made at the first call. Throws where vsce warns of something. */
export const packExtension: () => Promise<string> = once(async () => {
  const folder = await buildExtension();
  const file = join(folder, '..', 'weaveflux.vsix');
  const vsce = join(ROOT, 'node_modules/@vscode/vsce/vsce');
  const warnings: string[] = [];
  const onLine = (line: string) => /\bWARNING\b/.test(line) && warnings.push(line);
  await run(process.execPath, [vsce, 'package', '--out', file], { cwd: folder, onLine });
  if (warnings.length > 0) throw new Error(`vsce says of the extension: ${warnings.join('\n')}`);
  return file;
});

function isShipped(path: string): boolean {
  const [first] = path.slice(EXTENSION.length + 1).split('/');
  return !NOT_SHIPPED.has(first ?? '');
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What VS Code notes of an installed extension in `extensions.json`. */
interface Installed {
  readonly identifier: { readonly id: string };
  readonly version: string;
  readonly location: { readonly $mid: 1; readonly path: string; readonly scheme: 'file' };
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** Notes a folder as an installed extension, where it is: what installing does but for the copy. */
export async function registerExtension(extensionsDirectory: string, folder: string): Promise<void> {
  const file = join(extensionsDirectory, 'extensions.json');
  const manifest: { publisher: string; name: string; version: string } = JSON.parse(
    await readFile(join(folder, 'package.json'), 'utf8'),
  );
  const entry: Installed = {
    identifier: { id: `${manifest.publisher}.${manifest.name}` },
    version: manifest.version,
    location: { $mid: 1, path: folder, scheme: 'file' },
    metadata: { isApplicationScoped: false, pinned: true, source: 'vsix' },
  };
  const others: Installed[] = JSON.parse(await readFile(file, 'utf8').catch(() => '[]'));
  await writeFile(file, JSON.stringify([...others, entry]));
}

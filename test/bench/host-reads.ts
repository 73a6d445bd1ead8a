import { readdir, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { FILES, WRITTEN } from './host-world.ts';

/** Long before any file of a benchmark was written. */
const NEVER = new Date(0);

/**
 * Tells which files of a folder are read from now on, by whichever process: the time of a file's last access moves at its
 * first reading after it was set back.
 */
export async function watchReads(folder: string): Promise<() => Promise<string[]>> {
  const files = (await readdir(folder, { recursive: true })).filter((name) => /\.ya?ml$/.test(name));
  if (files.length !== FILES) throw new Error(`the repository has ${files.length} files`);
  for (const file of files) await utimes(join(folder, file), NEVER, WRITTEN);
  return async () => {
    const read: string[] = [];
    for (const file of files) if ((await stat(join(folder, file))).atimeMs > NEVER.getTime()) read.push(file);
    return read;
  };
}

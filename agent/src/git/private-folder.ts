import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { access, lstat, mkdir, mkdtemp, rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * A folder that only this user can enter, in memory where the machine offers that: for the copy of the key that ssh
 * reads. Named after `seed`, so that an agent that was killed finds its own again. `runtime` is the user's own folder
 * for such files (`XDG_RUNTIME_DIR` of the XDG Base Directory Specification), where there is one.
 */
export async function privateFolder(seed: string, runtime?: string): Promise<string> {
  const base = (await firstWritable([runtime ?? '', '/dev/shm'])) ?? tmpdir();
  const uid = process.getuid?.() ?? 0;
  const id = createHash('sha256').update(`${uid} ${seed}`).digest('hex').slice(0, 16);
  const path = join(base, `weaveflux-${id}`);
  await mkdir(path, { mode: 0o700 }).catch(() => undefined);
  const found = await lstat(path).catch(() => undefined);
  const ours = found?.isDirectory() && found.uid === uid && (found.mode & 0o077) === 0;
  // Somebody else's folder of that name must not get our key.
  return ours ? path : mkdtemp(join(base, 'weaveflux-'));
}

/** Writes a 0600 file (0700 with `program`) in one step, so that nobody ever reads half of it. */
export async function writePrivate(path: string, text: string, program = false): Promise<void> {
  const next = `${path}.${process.pid}.new`;
  await writeFile(next, text, { mode: program ? 0o700 : 0o600 });
  await rename(next, path);
}

/** Whether a file is still there: folders of temporary files are swept. */
export async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

async function firstWritable(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) if (path !== '' && (await writable(path))) return path;
  return undefined;
}

async function writable(path: string): Promise<boolean> {
  return access(path, constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  );
}

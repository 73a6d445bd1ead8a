import { access, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Fills a directory of the cache once, whoever else wants the same: `fill` works in a directory beside it, which
 * is renamed into place when it holds the file that is wanted. A second process waits for the first.
 */
export async function install(
  directory: string,
  wanted: string,
  report: (line: string) => void,
  fill: (into: string) => Promise<void>,
): Promise<void> {
  await mkdir(dirname(directory), { recursive: true });
  await using _lock = await lock(`${directory}.lock`, () =>
    report(`waiting for another process that makes ${directory}`),
  );
  if (await exists(join(directory, wanted))) return;
  const temporary = await mkdtemp(`${directory}.new-`);
  try {
    await fill(temporary);
    await access(join(temporary, wanted));
    await rm(directory, { recursive: true, force: true });
    await rename(temporary, directory);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** Holds a file that only one process at a time can have, and waits for it; that of a process which is gone is taken over. */
export async function lock(file: string, onWait: () => void): Promise<AsyncDisposable> {
  let told = false;
  while (!(await claim(file))) {
    if (await isStale(file)) {
      await rm(file, { force: true });
      continue;
    }
    if (!told) onWait();
    told = true;
    await sleep(200);
  }
  return { [Symbol.asyncDispose]: () => rm(file, { force: true }) };
}

async function claim(file: string): Promise<boolean> {
  return writeFile(file, String(process.pid), { flag: 'wx' }).then(
    () => true,
    () => false,
  );
}

/** A lock whose holder is gone; one without a number yet is just being written. */
async function isStale(file: string): Promise<boolean> {
  const pid = Number(await readFile(file, 'utf8').catch(() => ''));
  if (pid === 0) return false;
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH';
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

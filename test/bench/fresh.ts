import { execFile } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { temporaryDirectory } from '../rig/index.ts';

const WORKER = fileURLToPath(new URL('./worker.ts', import.meta.url));
const DEADLINE = 120_000;

/** Calls an exported function of a module of this folder in a fresh process: nothing compiled, nothing cached. */
export async function inFreshProcess<A, R>(module: string, name: string, argument: A): Promise<R> {
  const dir = temporaryDirectory('bench-worker');
  const file = join(dir, 'argument.json');
  await writeFile(file, JSON.stringify(argument));
  try {
    const options = { timeout: DEADLINE, maxBuffer: 1 << 26 };
    const { stdout } = await promisify(execFile)(process.execPath, [WORKER, module, name, file], options);
    return JSON.parse(stdout);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

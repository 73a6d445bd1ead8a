import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lock } from '../tools/cache.ts';
import { run } from '../tools/run.ts';
import { guardCommand } from '../watchdog.ts';

/** Not below TMPDIR: a node is found and removed by whoever starts the next one. */
const HOME = '/var/lib/weaveflux-node';
/** Gone with a restart of the machine, as whoever held it is. */
const LOCK = '/run/weaveflux-node.lock';
const CLEANUP = fileURLToPath(new URL('./cleanup.sh', import.meta.url));

/** Where one node keeps everything, and the id that its bridge, cgroup and network are named by. */
export interface Place extends AsyncDisposable {
  readonly id: string;
  readonly dir: string;
}

/** Waits until no other process of this machine runs a node, removes what killed ones left, and makes a place. */
export async function takePlace(): Promise<Place> {
  if (process.getuid?.() !== 0) throw new Error('a node needs root on Debian');
  await mkdir(HOME, { recursive: true });
  const held = await lock(LOCK, () => process.stderr.write('waiting for the end of another node\n'));
  try {
    await Promise.all((await directories()).map(cleanUp));
    await refuseOtherKubelets();
    const id = randomBytes(3).toString('hex');
    const dir = join(HOME, id);
    guardCommand(`sh '${CLEANUP}' '${dir}'`);
    await mkdir(dir);
    return {
      id,
      dir,
      async [Symbol.asyncDispose]() {
        await cleanUp(dir);
        await held[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await held[Symbol.asyncDispose]();
    throw error;
  }
}

async function directories(): Promise<string[]> {
  const entries = await readdir(HOME, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(HOME, name));
}

async function cleanUp(dir: string): Promise<void> {
  await run('sh', [CLEANUP, dir]);
}

/** Two of them fight over the rules of the firewall, and the end of ours would take those of the other along. */
async function refuseOtherKubelets(): Promise<void> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const commands = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
  if (commands.some((command) => basename(command.split('\0')[0] ?? '') === 'kubelet'))
    throw new Error('this machine already runs a kubelet');
}

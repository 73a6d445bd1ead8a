import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Below the range from which Linux takes ports for outgoing connections, so that none of those gets in between. */
const FIRST = 18_000;
const LAST = 31_900;
/** Whoever listens here may take over what a dead process claimed; the kernel lets go of it when they die. */
const GUARD = FIRST - 1;

let next = FIRST + Math.floor(Math.random() * (LAST - FIRST));

/**
 * A TCP port on 127.0.0.1 that is this process's until it ends: nothing listens there and no other process of the
 * rig gets it, so it can be closed and opened again. Throws when none is left.
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries <= LAST - FIRST; tries++) {
    const port = next;
    next = next === LAST ? FIRST : next + 1;
    if ((await claim(port)) && (await isFree(port))) return port;
  }
  throw new Error(`no free port between ${FIRST} and ${LAST}`);
}

async function claim(port: number): Promise<boolean> {
  const directory = join(tmpdir(), 'weaveflux-ports');
  const file = join(directory, String(port));
  mkdirSync(directory, { recursive: true });
  if (write(file)) return true;
  if (isAlive(Number(read(file)))) return false;
  return whileListening(GUARD, () => takeOver(file));
}

/** One at a time: else the second would remove the claim by which the first has just replaced the dead one's. */
function takeOver(file: string): boolean {
  if (isAlive(Number(read(file)))) return false;
  rmSync(file, { force: true });
  return write(file);
}

function write(file: string): boolean {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch {
    return false;
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** Whether a process of that number runs; a claim without a number was just being written and counts as alive. */
function isAlive(pid: number): boolean {
  if (pid === 0) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function isFree(port: number): Promise<boolean> {
  return whileListening(port, () => true);
}

/** What `act` gives while nobody else can listen on a port of 127.0.0.1; false where somebody does. */
function whileListening(port: number, act: () => boolean): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => {
      const result = act();
      server.close(() => resolve(result));
    });
  });
}

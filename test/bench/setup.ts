import { spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { git, temporaryDirectory, waitFor } from '../rig/index.ts';
import type { Benchmark, Figure } from './benchmark.ts';
import { seconds } from './numbers.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const MINUTE = 60_000;
const FIRST_GOAL = 12 * MINUTE;
const SECOND_GOAL = 20_000;
const TEST_GOAL = 15;

export const setup: Benchmark = {
  name: 'setup',
  title: 'From a fresh clone to the running sandbox',
  how: '`git clone` and `npm start` until the sandbox says that its environment is healthy: first with empty caches (XDG_CACHE_HOME, npm’s, Go’s builds; modules of Go’s are downloaded), then again in the same clone.',
  onRequest: true,
  async run(say, { testMinutes }) {
    const dir = temporaryDirectory('bench-setup');
    const clone = join(dir, 'weaveflux');
    const cache = join(dir, 'cache');
    const env = {
      XDG_CACHE_HOME: cache,
      npm_config_cache: join(dir, 'npm'),
      GOCACHE: join(dir, 'go-build'),
      GOMODCACHE: join(dir, 'go-modules'),
    };
    try {
      const began = Date.now();
      await git(dir, ['clone', '--quiet', ROOT, clone]);
      await untilHealthy(clone, env, 30 * MINUTE, say);
      const first = Date.now() - began;
      say(`first: ${seconds(first)}`);
      const again = Date.now();
      await untilHealthy(clone, env, 5 * MINUTE, say);
      const second = Date.now() - again;
      return {
        figures: [
          { what: 'first time, empty caches', measured: minutes(first), goal: '< 12 min', met: first < FIRST_GOAL },
          { what: 'second time', measured: seconds(second), goal: '< 20 s', met: second < SECOND_GOAL },
          ...testFigures(testMinutes),
        ],
      };
    } finally {
      // Go makes the folders of its modules read-only.
      await chmodAll(env.GOMODCACHE);
      await rm(dir, { recursive: true, force: true });
    }
  },
};

function testFigures(testMinutes: number | undefined): Figure[] {
  if (testMinutes === undefined) return [];
  return [
    {
      what: '`npm test`, everything, warm (by hand)',
      measured: `${testMinutes} min`,
      goal: `< ${TEST_GOAL} min`,
      met: testMinutes < TEST_GOAL,
    },
  ];
}

/** Runs `npm start` until it tells that the environment is healthy, then ends it as Ctrl-C does. */
async function untilHealthy(
  clone: string,
  env: Readonly<Record<string, string>>,
  deadline: number,
  say: (line: string) => void,
): Promise<void> {
  const child = spawn('npm', ['start'], {
    cwd: clone,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      output += chunk;
    });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  try {
    await waitFor({ what: `the sandbox of ${clone} to be healthy`, deadline, interval: 100 }, () => {
      if (child.exitCode !== null) throw new Error(`npm start ended:\n${output.slice(-2000)}`);
      return /environment is healthy/.test(output);
    });
  } catch (error) {
    say(output.slice(-4000));
    throw error;
  } finally {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGINT');
    await ended;
  }
}

async function chmodAll(folder: string): Promise<void> {
  await new Promise<void>((resolve) => {
    spawn('chmod', ['-R', 'u+w', folder], { stdio: 'ignore' })
      .once('exit', () => resolve())
      .once('error', () => resolve());
  });
}

function minutes(milliseconds: number): string {
  return `${Math.floor(milliseconds / MINUTE)} min ${Math.round((milliseconds % MINUTE) / 1000)} s`;
}

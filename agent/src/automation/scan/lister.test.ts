import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failure, WeavefluxError } from '@weaveflux/shared';
import type { Registry, Scan } from '../../registry/types.ts';
import { subjectIn, workloadText } from '../testing.ts';
import { createLister, type ListerEnvironment } from './lister.ts';

const SECOND = 1000;
const SIGNAL = AbortSignal.timeout(60_000);
const [WEB, DB, OTHER] = ['a.org/web', 'a.org/db', 'b.org/web'].map((name) =>
  subjectIn(workloadText(name.replace(/\W/g, '-'), `${name}:1.0.0`, {})),
);
assert.ok(WEB && DB && OTHER);

test('passes a second apart ask for a repository once an interval', async () => {
  const { lister, asked, at } = listing({ interval: 60 * SECOND });
  for (let pass = 0; pass <= 120; pass += 1) {
    at(pass * SECOND);
    lister.list([WEB, WEB], SIGNAL);
    await lister.idle();
  }
  assert.deepEqual(asked, ['a.org/web', 'a.org/web', 'a.org/web']);
});

test('of one host one repository is asked after the other; another host does not wait for it', async () => {
  const { lister, asked, answer, listed } = listing({ isSlow: true });
  lister.list([WEB, DB, OTHER], SIGNAL);
  await turn();
  assert.deepEqual(asked, ['a.org/web', 'b.org/web']);
  answer('b.org/web');
  await turn();
  assert.deepEqual(listed, ['b.org/web']);
  answer('a.org/web');
  await turn();
  assert.deepEqual(asked, ['a.org/web', 'b.org/web', 'a.org/db']);
  answer('a.org/db');
  await lister.idle();
  assert.deepEqual(listed, ['b.org/web', 'a.org/web', 'a.org/db']);
});

test('one whose answer is still awaited is not asked again, however long that takes', async () => {
  const { lister, asked, answer, at } = listing({ isSlow: true });
  lister.list([WEB], SIGNAL);
  await turn();
  at(3600 * SECOND);
  lister.list([WEB], SIGNAL);
  await turn();
  answer('a.org/web');
  await lister.idle();
  assert.deepEqual(asked, ['a.org/web']);
});

test('why a repository could not be listed is known, with why its credentials could not be read', async () => {
  const { lister, listed } = listing({
    problem: 'a.org refuses.',
    pullSecrets: async () => {
      throw new WeavefluxError('FORBIDDEN', 'Secrets may not be read.');
    },
  });
  lister.list([WEB], SIGNAL);
  await lister.idle();
  assert.deepEqual(listed, ['a.org/web']);
  assert.equal(lister.known('a.org/web')?.problem?.message, 'a.org refuses. Secrets may not be read.');
});

test('aborted, it asks no further and tells nobody', async () => {
  const { lister, asked, answer, listed } = listing({ isSlow: true });
  const stop = new AbortController();
  lister.list([WEB, DB], stop.signal);
  await turn();
  stop.abort();
  answer('a.org/web');
  await lister.idle();
  assert.deepEqual([asked, listed], [['a.org/web'], []]);
});

interface Facts {
  readonly interval?: number;
  /** Each list is answered by `answer` only. */
  readonly isSlow?: boolean;
  readonly problem?: string;
  readonly pullSecrets?: () => Promise<readonly string[]>;
}

function listing({ interval = 900 * SECOND, isSlow = false, problem, pullSecrets = async () => [] }: Facts) {
  const asked: string[] = [];
  const listed: string[] = [];
  const answers = new Map<string, () => void>();
  let time = 0;
  const found: Scan = {
    tags: [{ tag: '1.0.0' }],
    scannedAt: 'now',
    ...(problem === undefined ? {} : { problem: failure('REGISTRY_AUTH', problem) }),
  };
  const registry: Registry = {
    requests: { total: 0, rateLimitWaits: 0 },
    async scan({ name }) {
      asked.push(name);
      const { promise, resolve } = Promise.withResolvers<void>();
      answers.set(name, resolve);
      if (!isSlow) resolve();
      await promise;
      return found;
    },
    describe: async () => assert.fail('no manifest is read'),
    known: () => found,
  };
  const env = {
    target: { pullSecrets } as unknown as ListerEnvironment['target'],
    now: () => new Date(time),
    config: { unautomatedScanInterval: interval },
  };
  return {
    lister: createLister(env, registry, (name) => listed.push(name)),
    asked,
    listed,
    answer: (name: string) => answers.get(name)?.(),
    at(milliseconds: number) {
      time = milliseconds;
    },
  };
}

/** Until everything that can go on has gone on. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

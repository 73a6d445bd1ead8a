import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Health } from '@weaveflux/shared';
import type { ImageHistoryEntry } from '../past/history.ts';
import type { CommitTrailers } from '../past/trailers.ts';
import {
  type BackStep,
  type Deadline,
  deadlineOf,
  isLongAgo,
  type OwnRelease,
  ownRelease,
  reasonOf,
  rollbackTexts,
  sayFailure,
  sayGood,
  standingOf,
} from './rollback.ts';

const WORKLOAD = 'shop:deployment/web';
const OTHER = 'shop:deployment/other';

/** One commit: who made it, and `container from to` of its changes, a digest behind `@`. */
interface Told {
  readonly by: 'agent' | 'person' | 'asked' | 'merged' | 'rollback';
  readonly changes: readonly (readonly [string, string, string])[];
  readonly healthy?: readonly string[];
}

const good = (...changes: Told['changes']): Told => ({ by: 'agent', changes, healthy: [WORKLOAD] });
const agent = (...changes: Told['changes']): Told => ({ by: 'agent', changes });
const by = (who: Told['by'], ...changes: Told['changes']): Told => ({ by: who, changes });

describe('what the agent may take back', () => {
  const cases: { name: string; commits: readonly Told[]; steps?: readonly string[] }[] = [
    { name: 'is its release to what was healthy', commits: [good(['app', '1', '2'])], steps: ['app 2 -> 1'] },
    { name: 'is nothing without a commit', commits: [] },
    { name: 'is nothing where the workload was not healthy before', commits: [agent(['app', '1', '2'])] },
    {
      name: 'is nothing where another workload of the commit was healthy, and this one not',
      commits: [{ ...good(['app', '1', '2']), healthy: [OTHER] }],
    },
    { name: 'is nothing that a person committed', commits: [by('person', ['app', '2', '3']), good(['app', '1', '2'])] },
    {
      name: 'is nothing that a person asked for',
      commits: [{ ...by('asked', ['app', '1', '2']), healthy: [WORKLOAD] }],
    },
    {
      name: 'is nothing that a person merged',
      commits: [by('merged', ['app', '2', '3']), good(['app', '1', '2'])],
    },
    { name: 'is nothing once it went back', commits: [by('rollback', ['app', '2', '1']), good(['app', '1', '2'])] },
    {
      name: 'is every container of the release, and no other',
      commits: [good(['app', '1', '2'], ['side', '5', '6']), good(['cache', '7', '8'])],
      steps: ['app 2 -> 1', 'side 6 -> 5'],
    },
    {
      name: 'is all that followed the healthy state, not only the newest',
      commits: [agent(['app', '2', '3']), agent(['side', '5', '6']), good(['app', '1', '2'])],
      steps: ['app 3 -> 1', 'side 6 -> 5'],
    },
    {
      name: 'is nothing where a person changed another container between',
      commits: [agent(['app', '2', '3']), by('person', ['side', '5', '6']), good(['app', '1', '2'])],
    },
    {
      name: 'is a newer tag after it went back from another',
      commits: [good(['app', '1', '3']), by('rollback', ['app', '2', '1']), good(['app', '1', '2'])],
      steps: ['app 3 -> 1'],
    },
    {
      name: 'is never the same tag twice',
      commits: [good(['app', '1', '2']), by('rollback', ['app', '2', '1']), good(['app', '1', '2'])],
    },
    {
      name: 'is a digest of the same tag',
      commits: [good(['app', 'stable@sha256:a', 'stable@sha256:b'])],
      steps: ['app stable@sha256:b -> stable@sha256:a'],
    },
    {
      name: 'is another digest of the tag that went back once',
      commits: [
        good(['app', 'stable@sha256:a', 'stable@sha256:c']),
        by('rollback', ['app', 'stable@sha256:b', 'stable@sha256:a']),
      ],
      steps: ['app stable@sha256:c -> stable@sha256:a'],
    },
    { name: 'is nothing where no tag was written before', commits: [good(['app', '', '2'])] },
    {
      name: 'is nothing where the agent is back at what was healthy',
      commits: [agent(['app', 'b', 'a']), good(['app', 'a', 'b'])],
    },
  ];
  for (const { name, commits, steps } of cases) {
    it(name, () => {
      const found = ownRelease(entriesOf(commits), WORKLOAD);
      assert.deepEqual(found?.steps.map(stepText), steps);
      if (steps !== undefined) assert.equal(found?.commit.revision, 'c0', 'the newest commit is the one in question');
    });
  }
});

describe('a release that is out', () => {
  const own: Deadline = { milliseconds: 1000, own: true };
  const ours: Deadline = { milliseconds: 1000, own: false };
  const cases: [string, Health['state'] | undefined, number, Deadline, ReturnType<typeof standingOf>][] = [
    ['has arrived when it is healthy, however late', 'healthy', 9000, ours, 'healthy'],
    ['has failed as soon as its controller says so', 'failed', 0, own, 'failed'],
    ['is waited for until the deadline', 'progressing', 999, ours, 'waiting'],
    ['has failed at the deadline', 'progressing', 1000, ours, 'failed'],
    ['is waited for as long as its own controller waits', 'progressing', 9000, own, 'waiting'],
    ['is waited for while it stands still on purpose', 'suspended', 9000, ours, 'waiting'],
    ['is waited for while its health is not known', 'unknown', 9000, ours, 'waiting'],
    ['is waited for while it is not there', undefined, 9000, ours, 'waiting'],
  ];
  for (const [name, state, age, deadline, expected] of cases) {
    it(name, () => {
      const health: Health | undefined = state === undefined ? undefined : { state, message: '' };
      assert.equal(standingOf(health, age, deadline), expected);
    });
  }

  it('has the deadline of a Deployment, else that of the agent', () => {
    const withSeconds = (seconds: number) => ({ spec: { progressDeadlineSeconds: seconds } });
    assert.deepEqual(deadlineOf('Deployment', withSeconds(30), 5), { milliseconds: 30_000, own: true });
    assert.deepEqual(deadlineOf('Deployment', { spec: {} }, 5), { milliseconds: 600_000, own: true });
    assert.deepEqual(deadlineOf('Deployment', withSeconds(2 ** 31 - 1), 5), { milliseconds: 5, own: false });
    assert.deepEqual(deadlineOf('StatefulSet', withSeconds(30), 5), { milliseconds: 5, own: false });
  });

  it('is left alone where it is long ago and was not watched', () => {
    assert.equal(isLongAgo(3_600_000, own), false);
    assert.equal(isLongAgo(3_600_001, own), true);
    assert.equal(isLongAgo(10_000_000, { milliseconds: 3_600_000, own: true }), false);
  });
});

describe('what is said of it', () => {
  const commit = commitOf(0);
  const step = (container: string, failed: string, back: string): BackStep => {
    const [tag = '', failedDigest] = failed.split('@');
    const [goodTag = '', goodDigest] = back.split('@');
    return { container, failed: tag, failedDigest, good: goodTag, goodDigest };
  };
  const failure = (...steps: BackStep[]) => {
    const release: OwnRelease = { commit, steps };
    return { workload: WORKLOAD, reason: 'it crashes', release };
  };

  it('names workload, container, tags and reason', () => {
    const one = failure(step('app', '2', '1'));
    assert.equal(sayFailure(one), 'shop:deployment/web did not become healthy with app 2 (it crashes)');
    assert.equal(sayGood(one), 'app 1');
    const { subject, message } = rollbackTexts([one]);
    assert.equal(subject, 'Roll back shop:deployment/web app to 1');
    assert.equal(message, '- shop:deployment/web did not become healthy with app 2 (it crashes).');
  });

  it('counts what is more than one', () => {
    const { subject } = rollbackTexts([
      failure(step('app', '2', '1'), step('side', '6', '5')),
      failure(step('a', '2', '1')),
    ]);
    assert.equal(subject, 'Roll back 3 images');
  });

  it('shortens digests, and tells them apart', () => {
    const one = failure(step('app', `stable@sha256:${'b'.repeat(64)}`, `stable@sha256:${'a'.repeat(64)}`));
    assert.match(sayFailure(one), /with app stable@sha256:b{12} /);
    assert.equal(sayGood(one), `app stable@sha256:${'a'.repeat(12)}`);
  });

  it('is one line of a bounded length, whatever a controller says', () => {
    const reason = (message: string) => reasonOf({ state: 'failed', message });
    assert.equal(reason('it waits\nWeaveflux-Change: x.'), 'it waits Weaveflux-Change: x');
    assert.equal(reason(''), 'it is not healthy');
    assert.equal(reason('x'.repeat(1000)).length, 300);
  });
});

function entriesOf(commits: readonly Told[]): ImageHistoryEntry[] {
  return commits.flatMap((told, index) =>
    told.changes.map(([container, before, after]) => {
      const [from = '', fromDigest] = before.split('@');
      const [to = '', toDigest] = after.split('@');
      return {
        commit: commitOf(index),
        trailers: trailersOf(told),
        writtenKey: '',
        container,
        repository: 'x.io/web',
        from,
        to,
        ...(fromDigest === undefined ? {} : { fromDigest }),
        ...(toDigest === undefined ? {} : { toDigest }),
      };
    }),
  );
}

function commitOf(index: number): OwnRelease['commit'] {
  const time = '2026-01-01T00:00:00Z';
  return { revision: `c${index}`, subject: '', author: '', time, parent: undefined, body: '', files: [] };
}

function trailersOf({ by: who, changes, healthy }: Told): CommitTrailers {
  const told = changes.map(([container, from, to]) => {
    const tags = { from: from.split('@')[0] ?? '', to: to.split('@')[0] ?? '' };
    return { workload: WORKLOAD, container, repository: 'x.io/web', ...tags };
  });
  return {
    changes: who === 'person' ? [] : told,
    rollback: who === 'rollback',
    ...(who === 'asked' ? { requestedBy: 'Ann' } : {}),
    ...(who === 'merged' ? { proposal: 'weaveflux/images' } : {}),
    ...(who === 'rollback' ? { failures: [{ workload: WORKLOAD, reason: 'it crashes' }] } : {}),
    ...(healthy === undefined ? {} : { healthyBefore: healthy }),
  };
}

function stepText({ container, failed, failedDigest, good: back, goodDigest }: BackStep): string {
  const full = (tag: string, digest: string | undefined) => (digest === undefined ? tag : `${tag}@${digest}`);
  return `${container} ${full(failed, failedDigest)} -> ${full(back, goodDigest)}`;
}

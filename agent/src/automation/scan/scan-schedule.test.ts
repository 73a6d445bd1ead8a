import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Subject } from '../subjects.ts';
import { subjectIn, workloadText } from '../testing.ts';
import { createSchedule, followedRepositories } from './scan-schedule.ts';

const MINUTE = 60_000;
const AUTOMATED = { 'weaveflux.dev/automated': 'true' };
const PINNED = { ...AUTOMATED, 'weaveflux.dev/locked': 'true' };
const IGNORED = { 'weaveflux.dev/ignore': 'true' };

test('a repository that no policy follows is listed at the start, then once an interval', () => {
  const { due } = scheduleOf(15 * MINUTE);
  const web = subject('web');
  const asked = Array.from({ length: 31 }, (_, minute) => [minute, ...due(minute * MINUTE, web)]);
  assert.deepEqual(
    asked.filter(([, name]) => name !== undefined),
    [
      [0, 'example.org/web'],
      [15, 'example.org/web'],
      [30, 'example.org/web'],
    ],
  );
});

test('one that is new in the revision is listed at once, and so is one that comes back', () => {
  const { due } = scheduleOf(15 * MINUTE);
  const [web, db] = [subject('web'), subject('db')];
  assert.deepEqual(due(0, web), ['example.org/web']);
  assert.deepEqual(due(1, web, db), ['example.org/db']);
  assert.deepEqual(due(2, web), []);
  assert.deepEqual(due(3, web, db), ['example.org/db']);
});

test('one that a policy follows is left to it, and is listed at once when that ends', () => {
  const { due } = scheduleOf(15 * MINUTE);
  assert.deepEqual(due(0, subject('web')), ['example.org/web']);
  assert.deepEqual(due(1, subject('web', AUTOMATED)), []);
  assert.deepEqual(due(2, subject('web', PINNED)), ['example.org/web']);
  assert.deepEqual(due(3, subject('web', PINNED), subject('web', AUTOMATED)), []);
});

test('what is ignored everywhere is never listed', () => {
  const { due } = scheduleOf(15 * MINUTE);
  assert.deepEqual(due(0, subject('web', IGNORED)), []);
  assert.deepEqual(due(1, subject('web', IGNORED), subject('web')), ['example.org/web']);
});

test('with an interval of 0 nothing is listed', () => {
  assert.deepEqual(scheduleOf(0).due(0, subject('web')), []);
});

test('followed are the repositories of what a policy may change', () => {
  const subjects = [
    subject('web'),
    subject('web', AUTOMATED),
    subject('db', PINNED),
    subject('api', { ...AUTOMATED, 'weaveflux.dev/tag.app': 'semver:?' }),
    subject('cron', { ...AUTOMATED, ...IGNORED }),
  ];
  assert.deepEqual([...followedRepositories(subjects)], ['example.org/web']);
});

function scheduleOf(interval: number) {
  const schedule = createSchedule(interval);
  return {
    due: (now: number, ...subjects: readonly Subject[]) => [
      ...schedule.due(
        Map.groupBy(subjects, ({ image }) => image.canonicalName),
        now,
      ),
    ],
  };
}

function subject(name: string, annotations: Readonly<Record<string, string>> = {}): Subject {
  return subjectIn(workloadText(name, `example.org/${name}:1.0.0`, annotations));
}

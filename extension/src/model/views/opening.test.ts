import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Target } from '../target.ts';
import { type Opening, openingOf } from './opening.ts';
import { event, HEAD, statusOf, workload } from './testing.ts';

const WEB = 'apps/Deployment/shop/web';
const STATE = {
  status: statusOf([workload('web', { line: 7 })]),
  events: [
    event('released', { id: 'boot-1', object: WEB, revision: HEAD, file: 'web.yaml', line: 20 }),
    event('object-failed', { id: 'boot-2', object: WEB, revision: HEAD, file: 'web.yaml', line: 3 }),
    event('healthy', { id: 'boot-3', revision: HEAD }),
    event('drift-reported', { id: 'boot-4', object: WEB, revision: HEAD }),
    event('git-unreachable', { id: 'boot-5' }),
  ],
};

const CASES: readonly (readonly [what: string, target: Target, opening: Opening])[] = [
  ['a release: its commit, at the file', { event: 'boot-1' }, { kind: 'commit', revision: HEAD, file: 'web.yaml' }],
  ['a failed object: its line', { event: 'boot-2' }, { kind: 'file', file: 'web.yaml', line: 3, object: WEB }],
  ['a healthy revision: its commit', { event: 'boot-3' }, { kind: 'commit', revision: HEAD }],
  [
    'an object whose event names no file: its line',
    { event: 'boot-4' },
    { kind: 'file', file: 'web.yaml', line: 7, object: WEB },
  ],
  ['an event about neither', { event: 'boot-5' }, { kind: 'nothing', why: 'This is not about a commit or a file.' }],
  [
    'an event that is forgotten',
    { event: 'boot-9' },
    { kind: 'nothing', why: 'The agent no longer knows this event.' },
  ],
  ['a commit', { revision: HEAD }, { kind: 'commit', revision: HEAD }],
  ['a file', { file: 'a/b.yaml', line: 2 }, { kind: 'file', file: 'a/b.yaml', line: 2 }],
  ['a workload by name', { workload: 'shop:deployment/web' }, { kind: 'file', file: 'web.yaml', line: 7, object: WEB }],
  [
    'a container',
    { workload: WEB, container: 'web', file: 'web.yaml', line: 20 },
    { kind: 'file', file: 'web.yaml', line: 20, object: WEB, container: 'web' },
  ],
  [
    'an object that is in no file',
    { workload: '/ConfigMap/shop/old' },
    { kind: 'nothing', why: 'shop:configmap/old is not in the repository.' },
  ],
  [
    'what is no commit’s name',
    { revision: '--output=x' },
    { kind: 'nothing', why: 'This is not about a commit or a file.' },
  ],
  [
    'a file outside the repository',
    { file: '../../secret.yaml' },
    { kind: 'nothing', why: 'This is not about a commit or a file.' },
  ],
];

for (const [what, target, opening] of CASES) {
  test(`opening: ${what}`, () => assert.deepEqual(openingOf(target, STATE), opening));
}

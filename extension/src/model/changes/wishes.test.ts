import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Change, type ImageChange, workloadOf } from '@weaveflux/shared';
import { ageOf } from './age.ts';
import { commitMessageOf, promotionMessageOf } from './commit-message.ts';
import { workloadsIn } from './file-workloads.ts';
import { pinOf, unpinOf } from './wishes.ts';

function workload(annotations: string, containers: readonly string[]) {
  const text = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  annotations: {${annotations}}
spec: {template: {spec: {containers: [${containers.map((name) => `{name: ${name}, image: "r.io/${name}:1"}`).join(', ')}]}}}
`;
  const [manifest] = workloadsIn('web.yaml', text).manifests;
  const found = manifest && workloadOf(manifest);
  assert.ok(found);
  return found;
}

const key = 'apps/Deployment//web';

const pins: { name: string; containers: string[]; container?: string; reason?: string; change: Change }[] = [
  {
    name: 'the only container is pinned by its workload',
    containers: ['web'],
    container: 'web',
    change: { kind: 'pin', workload: key },
  },
  {
    name: 'one of several alone',
    containers: ['web', 'side'],
    container: 'web',
    reason: ' slow ',
    change: { kind: 'pin', workload: key, container: 'web', reason: 'slow' },
  },
  { name: 'no reason is none', containers: ['web', 'side'], reason: '  ', change: { kind: 'pin', workload: key } },
];

for (const { name, containers, container, reason, change } of pins) {
  test(`pin: ${name}`, () => assert.deepEqual(pinOf(workload('', containers), container, reason), change));
}

const both = ['web', 'side'];
const unpins: { name: string; annotations: string; container?: string; change: Change | undefined }[] = [
  { name: 'nothing is pinned', annotations: '', change: undefined },
  {
    name: 'a pin of the whole workload ends as a whole',
    annotations: 'fluxcd.io/locked: "true"',
    container: 'web',
    change: { kind: 'unpin', workload: key },
  },
  {
    name: 'a pin of one container',
    annotations: 'weaveflux.dev/locked.web: "true"',
    container: 'web',
    change: { kind: 'unpin', workload: key, container: 'web' },
  },
  {
    name: 'the other container is not pinned',
    annotations: 'weaveflux.dev/locked.web: "true"',
    container: 'side',
    change: undefined,
  },
  { name: 'all of it', annotations: 'weaveflux.dev/locked.web: "true"', change: { kind: 'unpin', workload: key } },
];

for (const { name, annotations, container, change } of unpins) {
  test(`unpin: ${name}`, () => assert.deepEqual(unpinOf(workload(annotations, both), container), change));
}

function image(repository: string, from: string, to: string): ImageChange {
  const place = {
    file: 'a.yaml',
    document: 0,
    object: key,
    workload: 'shop:deployment/web',
    container: 'web',
    text: '',
  };
  return { place, text: '', fields: [], repository, from, to };
}

const messages: { name: string; images: ImageChange[]; message: string }[] = [
  { name: 'one image', images: [image('r.io/team/web', '1', '2')], message: 'Release team/web:2' },
  {
    name: 'several images, each told of',
    images: [image('r.io/web', '1', '2'), image('index.docker.io/library/nginx', '', '7')],
    message: 'Release 2 images\n\n- shop:deployment/web web: 1 -> 2\n- shop:deployment/web web: (no tag) -> 7',
  },
];

for (const { name, images, message } of messages) {
  test(`commit: ${name}`, () => assert.equal(commitMessageOf(images, []), message));
}

test('commit: what changes no image is told as the agent tells it', () => {
  const outcome = (message: string) => ({ subject: '', name: '', result: 'configured' as const, message });
  assert.equal(commitMessageOf([], [outcome('web is pinned.')]), 'web is pinned');
  assert.equal(commitMessageOf([], [outcome('web is pinned.'), outcome('x')]), 'web is pinned and 1 more');
});

test('a promotion says where it comes from, on one line', () => {
  assert.equal(
    promotionMessageOf([image('r.io/web', '1', '1')], 'staging\nWeaveflux-Rollback: true'),
    'Promote 1 image from staging Weaveflux-Rollback: true\n\n- shop:deployment/web web: 1 with another digest',
  );
});

const now = new Date('2030-01-31T12:00:00Z');
const ages: [string | undefined, string][] = [
  ['2030-01-31T11:59:30Z', '30 seconds ago'],
  ['2030-01-28T12:00:00Z', '3 days ago'],
  ['2028-01-31T12:00:00Z', '2 years ago'],
  ['2030-02-01T12:00:00Z', '0 seconds ago'],
  ['yesterday', ''],
  [undefined, ''],
];

test('ages are told in words', () => {
  for (const [time, words] of ages) assert.equal(ageOf(time, now, 'en'), words);
  assert.equal(ageOf('2030-01-28T12:00:00Z', now, 'de'), 'vor 3 Tagen');
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isImagePolicy, isImageRepository, isMarkerSource } from '@weaveflux/shared';
import type { CommitDetail, Repository } from '../../git/repository.ts';
import { subjectsIn, workloadText } from '../testing.ts';
import { createImageHistory, pastChanges, toHistoryEntry } from './history.ts';

const POLICIES = subjectsIn(`apiVersion: image.toolkit.fluxcd.io/v1
kind: ImagePolicy
metadata: { name: web, namespace: shop }
spec: { imageRepositoryRef: { name: web }, policy: { numerical: {} } }
---
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImageRepository
metadata: { name: web, namespace: shop }
spec: { image: example.org/web }
`).manifests.filter(isMarkerSource);

const marked = (tag: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: values }\ndata:\n  tag: "${tag}" # {"$imagepolicy": "shop:web:tag"}\n`;
const digest = (letter: string): string => `example.org/web:1@sha256:${letter.repeat(64)}`;

test('the tags of marked fields have a history as those of containers do', async () => {
  const { history, reads } = historyOf([
    ['values.yaml', marked('1'), marked('3')],
    ['values.yaml', marked('3'), marked('1')],
  ]);
  const subject = { writtenKey: '/ConfigMap//values', name: 'shop:configmap/values', container: 'shop:web' };
  const without = await history.read('r2', [], [], AbortSignal.timeout(5_000));
  assert.deepEqual(pastChanges(without, subject), [], 'without its ImagePolicy a marker says nothing');
  const entries = await history.read('r2', [], POLICIES, AbortSignal.timeout(5_000));
  assert.deepEqual(
    pastChanges(entries, subject).map(({ from, to, byAgent }) => [from, to, byAgent]),
    [
      ['3', '1', false],
      ['1', '3', false],
    ],
  );
  await history.read('r2', [], POLICIES, AbortSignal.timeout(5_000));
  assert.equal(reads(), 2, 'what was read once is not read again');
});

test('a commit that changes only a digest is told with both', async () => {
  const { history } = historyOf([
    ['a.yaml', workloadText('web', digest('a'), {}), workloadText('web', digest('b'), {})],
  ]);
  const subject = { writtenKey: 'apps/Deployment//web', name: 'shop:deployment/web', container: 'app' };
  const entries = await history.read('r1', [], [], AbortSignal.timeout(5_000));
  const [change] = pastChanges(entries, subject);
  assert.deepEqual([change?.from, change?.to], ['1', '1']);
  assert.match(`${change?.fromDigest} ${change?.toDigest}`, /^sha256:a+ sha256:b+$/);
  const told = entries.map((entry) => toHistoryEntry(entry, (key) => key).fromDigest);
  assert.deepEqual(told, [change?.fromDigest], 'so that a person can go back to it');
});

test('an image that only annotations name has a history', async () => {
  const release = (tag: string): string => `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata:
  name: cart
  annotations: { repository.fluxcd.io/proxy: sidecar.name, tag.fluxcd.io/proxy: sidecar.version }
spec: { values: { sidecar: { name: example.org/proxy, version: "${tag}" } } }
`;
  const { history } = historyOf([['cart.yaml', release('2.0.4'), release('2.0.3')]]);
  const subject = {
    writtenKey: 'helm.toolkit.fluxcd.io/HelmRelease//cart',
    name: 'helmrelease/cart',
    container: 'proxy',
  };
  const [change] = pastChanges(await history.read('r1', [], [], AbortSignal.timeout(5_000)), subject);
  assert.deepEqual([change?.from, change?.to, change?.byAgent], ['2.0.4', '2.0.3', false]);
});

test('a policy that stands in the file of its marker is the one that the file stated then', async () => {
  const file = (tag: string, order: string) => `${marked(tag)}---
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImagePolicy
metadata: { name: web }
spec: { imageRepositoryRef: { name: web }, policy: { numerical: { order: ${order} } } }
`;
  const { history } = historyOf([['a.yaml', file('1', 'asc'), file('3', 'desc')]]);
  const now = subjectsIn(file('3', 'desc')).manifests.filter(isImagePolicy);
  const policies = [...now, ...POLICIES.filter(isImageRepository)];
  const subject = { writtenKey: '/ConfigMap//values', name: 'shop:configmap/values', container: 'shop:web' };
  const [change] = pastChanges(await history.read('r1', [], policies, AbortSignal.timeout(5_000)), subject);
  assert.deepEqual([change?.from, change?.to], ['1', '3']);
});

/** Commits `r1`, `r2`, … that each turn a file's text into another, oldest first. */
function historyOf(commits: readonly (readonly [file: string, before: string, after: string])[]) {
  let reads = 0;
  const details = commits.map(
    ([path, before, after], index): CommitDetail => ({
      revision: `r${index + 1}`,
      subject: 'A change',
      author: 'Ann',
      time: '2026-01-01T00:00:00Z',
      parent: undefined,
      body: '',
      files: [{ path, before, after }],
    }),
  );
  const repository: Pick<Repository, 'history' | 'read'> = {
    history: async () => details.toReversed(),
    async read(blobs) {
      reads += 1;
      return new Map(blobs.map((blob) => [blob, blob]));
    },
  };
  return { history: createImageHistory(repository as Repository), reads: () => reads };
}

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CommitSplit } from '@weaveflux/shared';
import type { Subject } from '../subjects.ts';
import { subjectsIn, workloadText } from '../testing.ts';
import { draftProposals, groupsOf, type Proposal, proposalOf, trailerOf } from './proposals.ts';

const AUTOMATED = { 'weaveflux.dev/automated': 'true', 'weaveflux.dev/tag.app': 'semver:~1' };
const WEB = workloadText('web', 'example.org/web:1.0.0', AUTOMATED);
const CART = workloadText('cart', 'example.org/cart:1.0.0', AUTOMATED);

test('proposals of one file are one new text, and their trailers say what changes', async () => {
  const text = `${WEB}---\n${CART}`;
  const drafted = await draft(text, text);
  assert.equal(drafted.files.get('a.yaml'), text.replaceAll(':1.0.0', ':1.1.0'));
  assert.deepEqual(
    drafted.carried.map(({ change }) => trailerOf(change)),
    ['web', 'cart'].map((name) => ({
      workload: `shop:deployment/${name}`,
      container: 'app',
      repository: `example.org/${name}`,
      from: '1.0.0',
      to: '1.1.0',
      policy: 'semver:~1',
    })),
  );
});

test('one that cannot be written leaves the others standing', async () => {
  const shared = WEB.replace('image: "example.org', 'image: &image "example.org').replace(
    'spec:\n      containers',
    'metadata: { labels: {} }\n    spec:\n      containers',
  );
  const text = `${shared.trimEnd()}\n        - { name: side, image: *image }\n---\n${CART}`;
  const drafted = await draft(text, text);
  assert.ok(drafted.files.get('a.yaml')?.includes('cart:1.1.0'));
  assert.ok(drafted.files.get('a.yaml')?.includes('web:1.0.0'));
  assert.ok(drafted.refused.length > 0);
  for (const { problem } of drafted.refused) assert.equal(problem.file, 'a.yaml');
});

test('what a person changed meanwhile is not carried', async () => {
  const now = WEB.replace('"weaveflux.dev/automated"', '"weaveflux.dev/locked": "true", "weaveflux.dev/automated"');
  const drafted = await draft(`${WEB}---\n${CART}`, `${now}---\n${CART}`);
  assert.deepEqual(
    drafted.carried.map(({ change }) => change.place.workload),
    ['shop:deployment/cart'],
  );
  assert.deepEqual([...(await draft(WEB, '')).files], []);
});

test('what an ImagePolicy chose is not carried where a person changed that meanwhile', async () => {
  const withRange = (range: string) => `apiVersion: v1
kind: ConfigMap
metadata: { name: values }
data:
  image: example.org/web:1.0.0 # {"$imagepolicy": "shop:web"}
---
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImagePolicy
metadata: { name: web }
spec: { imageRepositoryRef: { name: web }, policy: { semver: { range: "${range}" } } }
---
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImageRepository
metadata: { name: web }
spec: { image: example.org/web }
`;
  const now = withRange('~1');
  assert.deepEqual([...(await draft(now, now)).files.values()], [now.replace(':1.0.0', ':1.1.0')]);
  assert.deepEqual([...(await draft(now, withRange('1.0.x'))).files], []);
  const { manifests, subjects } = subjectsIn(now);
  const loaded = { manifests: manifests.slice(0, 1), withheldPolicies: manifests.slice(1) };
  const texts = async () => new Map([['a.yaml', now]]);
  const drafted = await draftProposals(subjects.flatMap(update), { ...loaded, texts }, AbortSignal.timeout(5_000));
  assert.equal(drafted.carried.length, 1, 'its folder need not be applied');
});

test('commits are divided by group where that is asked for, and who is in none stands alone', () => {
  const grouped = (name: string, group?: string) => {
    const annotations = { ...AUTOMATED, ...(group === undefined ? {} : { 'weaveflux.dev/group': group }) };
    return workloadText(name, `example.org/${name}:1.0.0`, annotations);
  };
  const text = [grouped('web', 'shop'), grouped('job'), grouped('cart', 'shop'), grouped('mail', ' ')].join('---\n');
  const proposals = subjectsIn(text).subjects.flatMap(update);
  const names = (commit: CommitSplit | undefined) =>
    groupsOf(proposals, commit).map((group) => group.map(({ subject }) => subject.manifest.id.name).join());
  assert.deepEqual(names('group'), ['web,cart', 'job', 'mail']);
  assert.deepEqual(names('workload'), ['web', 'job', 'cart', 'mail']);
  assert.deepEqual(names(undefined), ['web,job,cart,mail']);
});

function draft(decidedOn: string, head: string) {
  const proposals = subjectsIn(decidedOn).subjects.flatMap(update);
  const texts = async (paths: Iterable<string>) => new Map([...paths].map((path) => [path, head]));
  return draftProposals(proposals, { manifests: subjectsIn(head).manifests, texts }, AbortSignal.timeout(5_000));
}

function update(subject: Subject): Proposal[] {
  const to = `${subject.image.name}:1.1.0`;
  return proposalOf(subject, { state: 'update', chosen: { tag: '1.1.0' }, to, reason: '', needsMetadata: [] });
}

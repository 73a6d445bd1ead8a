import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ImageSettings, type Json, WeavefluxError } from '@weaveflux/shared';
import type { ClusterNode } from '../../targets/kubernetes/types.ts';
import type { Decision } from '../choice/decision.ts';
import type { Subject } from '../subjects.ts';
import { subjectIn, workloadText } from '../testing.ts';
import { createNodePlatforms, platformsFor } from './node-platforms.ts';
import type { Decided } from './scan.ts';

const AUTOMATED = { 'weaveflux.dev/automated': 'true', 'weaveflux.dev/tag.app': 'semver:~1' };
const NODES: ImageSettings = { platforms: 'nodes' };
const MINUTE = 60_000;
const never = new AbortController().signal;

function node(name: string, architecture: string | undefined, os = 'linux'): ClusterNode {
  const arch = architecture === undefined ? {} : { 'kubernetes.io/arch': architecture };
  return { name, labels: { 'kubernetes.io/os': os, ...arch } };
}

const MIXED = [node('a', 'amd64'), node('b', 'arm64'), node('c', 'amd64'), node('d', 'amd64', 'windows')];

const TEMPLATES: readonly [what: string, nodes: readonly ClusterNode[], spec: Json, platforms: string[]][] = [
  ['every platform that nodes have', MIXED, {}, ['linux/amd64', 'linux/arm64', 'windows/amd64']],
  ['those of selected nodes', MIXED, { nodeSelector: { 'kubernetes.io/os': 'linux' } }, ['linux/amd64', 'linux/arm64']],
  ['of nodes that say theirs', [node('a', 'arm64'), node('b', undefined)], {}, ['linux/arm64']],
  ['without a node, what the selector names', [], { nodeSelector: { 'kubernetes.io/arch': 'arm64' } }, ['linux/arm64']],
  ['without a node that fits, nothing', MIXED, { nodeSelector: { zone: 'a' } }, []],
];

for (const [what, nodes, spec, platforms] of TEMPLATES) {
  test(`a pod needs an image for ${what}`, () => {
    assert.deepEqual(platformsFor({ spec }, nodes), platforms);
  });
}

test('nodes are read only where something asks for them: the settings, or an annotation, which goes before', async () => {
  const cluster = clusterOf([node('a', 'arm64')]);
  const asked = async (platform: string | undefined, settings: ImageSettings) => {
    const [settled] = await cluster.platforms.settle([web(platform)], settings, never);
    return settled?.platforms;
  };
  assert.equal(await asked(undefined, {}), undefined);
  assert.equal(await asked('linux/amd64', NODES), undefined);
  assert.equal(await asked('any', NODES), undefined);
  assert.equal(cluster.reads, 0);
  assert.deepEqual(await asked('nodes', {}), ['linux/arm64']);
  assert.deepEqual(await asked(undefined, NODES), ['linux/arm64']);
  assert.equal(cluster.reads, 1);
});

test('what is known of nodes is kept for five minutes, and subjects stay the same while nodes do', async () => {
  const cluster = clusterOf([node('a', 'arm64')]);
  const written = [web()];
  const settle = () => cluster.platforms.settle(written, NODES, never);
  const first = await settle();
  cluster.nodes = [...cluster.nodes];
  cluster.now += 5 * MINUTE;
  assert.equal(await settle(), first);
  cluster.nodes = [...cluster.nodes, node('b', 'amd64')];
  cluster.now += 4 * MINUTE;
  assert.equal(await settle(), first);
  cluster.now += MINUTE;
  assert.deepEqual((await settle())[0]?.platforms, ['linux/amd64', 'linux/arm64']);
  assert.equal(cluster.reads, 3);
});

test('before a release that goes by nodes they are read anew, once for the same release', async () => {
  const cluster = clusterOf([node('a', 'arm64')]);
  const written = [web()];
  const release = async (to: string) => {
    const [subject] = await cluster.platforms.settle(written, NODES, never);
    return cluster.platforms.isOutdated([decidedOn(subject, { state: 'update', to })], never);
  };
  assert.equal(await release('web:1'), false);
  assert.equal(await release('web:1'), false);
  assert.equal(cluster.reads, 2);
  cluster.nodes = [node('a', 'arm64'), node('b', 'amd64')];
  assert.equal(await release('web:2'), true);
  const [subject] = await cluster.platforms.settle(written, NODES, never);
  assert.deepEqual(subject?.platforms, ['linux/amd64', 'linux/arm64']);
  assert.equal(await cluster.platforms.isOutdated([decidedOn(subject, { state: 'current' })], never), false);
  assert.equal(await cluster.platforms.isOutdated([decidedOn(web(), { state: 'update', to: 'web:3' })], never), false);
});

test('where the nodes were never allowed to be read nothing is filtered, which is said until there is the right', async () => {
  const cluster = clusterOf([node('a', 'arm64')]);
  const settle = () => cluster.platforms.settle([web('nodes')], {}, never);
  cluster.error = new WeavefluxError('FORBIDDEN', 'Agents may not list nodes.');
  assert.equal((await settle())[0]?.platforms, undefined);
  const { problem } = cluster.platforms;
  assert.deepEqual(
    [problem?.severity, problem?.code, problem?.file, problem?.line],
    ['warning', 'FORBIDDEN', 'a.yaml', 1],
  );
  assert.match(problem?.message ?? '', /^Images are released whatever .*, because .*: Agents may not list nodes\.$/);
  cluster.error = undefined;
  assert.deepEqual((await settle())[0]?.platforms, ['linux/arm64']);
  assert.equal(cluster.platforms.problem, undefined);
});

test('nodes that are known stay so where the right to list them is taken away, also before a release', async () => {
  const cluster = clusterOf([node('a', 'arm64')]);
  const written = [web()];
  const [subject] = await cluster.platforms.settle(written, NODES, never);
  cluster.error = new WeavefluxError('FORBIDDEN', 'Agents may not list nodes.');
  assert.equal(
    await cluster.platforms.isOutdated([decidedOn(subject, { state: 'update', to: 'web:2' })], never),
    false,
  );
  assert.deepEqual((await cluster.platforms.settle(written, NODES, never))[0]?.platforms, ['linux/arm64']);
  assert.match(cluster.platforms.problem?.message ?? '', /^Images go by the nodes as they were, /);
});

test('an API that fails leaves what is known, and releases nothing by nodes while nothing is', async () => {
  const cluster = clusterOf([node('a', 'arm64')]);
  const settle = () => cluster.platforms.settle([web()], NODES, never);
  const error = new WeavefluxError('API_UNREACHABLE', 'The API does not answer.');
  cluster.error = error;
  await assert.rejects(settle(), { code: 'API_UNREACHABLE' });
  cluster.error = undefined;
  await settle();
  cluster.error = error;
  cluster.now += 5 * MINUTE;
  assert.deepEqual((await settle())[0]?.platforms, ['linux/arm64']);
  const { problem } = cluster.platforms;
  assert.match(problem?.message ?? '', /^Images go by the nodes as they were, .*: The API does not answer\.$/);
  assert.equal(problem?.file, '.weaveflux.yaml');
});

/** A cluster with these nodes, and what goes by them. */
function clusterOf(nodes: readonly ClusterNode[]) {
  const cluster = { nodes, now: 0, reads: 0, error: undefined as WeavefluxError | undefined };
  const target = {
    async nodes() {
      cluster.reads += 1;
      if (cluster.error !== undefined) throw cluster.error;
      return cluster.nodes;
    },
  } as unknown as Parameters<typeof createNodePlatforms>[0]['target'];
  return Object.assign(cluster, { platforms: createNodePlatforms({ target, now: () => new Date(cluster.now) }) });
}

function web(platform?: string): Subject {
  const written = platform === undefined ? {} : { 'weaveflux.dev/platform.app': platform };
  return subjectIn(workloadText('web', 'example.org/web:1.0.0', { ...AUTOMATED, ...written }));
}

function decidedOn(subject: Subject | undefined, decision: Pick<Decision, 'state' | 'to'>): Decided {
  return { subject, decision } as unknown as Decided;
}

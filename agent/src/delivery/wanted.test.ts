import assert from 'node:assert/strict';
import { test } from 'node:test';
import { manifestsOf, objectKey, parseFile } from '@weaveflux/shared';
import { locatePolicies, policyProblems, wantedOf } from './wanted.ts';

const TEXT = `apiVersion: v1
kind: ConfigMap
metadata: { name: first }
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  annotations:
    weaveflux.dev/automated: "true"
    weaveflux.dev/tag.app: semver:>>1
    weaveflux.dev/unheard: of
spec: { template: { spec: { containers: [{ name: app, image: nginx:1 }] } } }
`;

test('problems of policies stand at the line of their annotation, each once, also when the file moves on', async () => {
  const first = await located(TEXT, new Map());
  assert.deepEqual(lines(first), [11, 12]);
  assert.equal(first.get('apps/Deployment//web')?.policies.containers.get('app')?.invalid?.line, 11);
  const second = await located(`# a comment\n${TEXT}`, first);
  assert.deepEqual(lines(second), [12, 13]);
  assert.ok(policyProblems(second).every((problem) => !('annotation' in problem)));
});

function lines(wanted: Awaited<ReturnType<typeof located>>): (number | undefined)[] {
  return policyProblems(wanted)
    .map(({ line }) => line)
    .sort();
}

function located(text: string, earlier: ReturnType<typeof wantedOf>) {
  const { manifests } = manifestsOf(parseFile('a.yaml', text));
  const desired = manifests.map((manifest) => {
    const hash = JSON.stringify(manifest.value);
    return { id: manifest.id, key: objectKey(manifest.id), manifest, body: manifest.value, hash, wave: 1 as const };
  });
  return locatePolicies(wantedOf(desired, earlier), async () => text);
}

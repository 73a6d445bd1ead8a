import assert from 'node:assert/strict';
import { test } from 'node:test';
import { subjectIn, subjectsIn, workloadText } from './testing.ts';

const AUTOMATED = { 'weaveflux.dev/automated': 'true', 'weaveflux.dev/tag.app': 'semver:~1' };
const POLICY = `---
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImageRepository
metadata: { name: web }
spec: { image: example.org/web }
---
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImagePolicy
metadata: { name: web }
spec: { imageRepositoryRef: { name: web }, digestReflectionPolicy: Always, policy: { semver: { range: 1.x } } }
`;

test('a Job is followed only where it may be made anew', () => {
  const automated = (annotations: Record<string, string>, kind: string) =>
    subjectIn(workloadText('a', 'example.org/web:1', annotations, kind)).automated;
  assert.equal(automated(AUTOMATED, 'Deployment'), true);
  assert.equal(automated(AUTOMATED, 'Job'), false);
  assert.equal(automated({ ...AUTOMATED, 'weaveflux.dev/recreate': 'true' }, 'Job'), true);
  assert.equal(automated({}, 'Deployment'), false);
});

test('a marked container is automated by its marker, and counts once', () => {
  const text = workloadText('web', 'example.org/web:1.0.0', {}).replace('# kept', '# {"$imagepolicy": "shop:web"}');
  const { subjects, problems } = subjectsIn(text + POLICY);
  assert.deepEqual(problems, []);
  assert.equal(subjects.length, 1);
  const [subject] = subjects;
  assert.equal(subject?.automated, true);
  assert.equal(subject?.policy.policy?.text, 'semver:1.x');
});

test('a digest is followed only where a field holds it', () => {
  const values = (fields: string) =>
    `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: values }\ndata:\n${fields}${POLICY}`;
  const tag = '  tag: "1.0.0" # {"$imagepolicy": "shop:web:tag"}\n';
  const digest = `  digest: sha256:${'a'.repeat(64)} # {"$imagepolicy": "shop:web:digest"}\n`;
  const follows = (fields: string) => subjectsIn(values(fields)).subjects[0]?.policy.followDigest;
  assert.equal(follows(tag), false);
  assert.equal(follows(tag + digest), true);
  const [both] = subjectsIn(values(tag + digest)).subjects;
  assert.deepEqual(
    both?.fieldsFor(`example.org/web:1.1.0@sha256:${'b'.repeat(64)}`).map(({ value }) => value),
    ['1.1.0', `sha256:${'b'.repeat(64)}`],
  );
});

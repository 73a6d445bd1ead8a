import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeAddress, parseAddress, type Subject, subjectKey } from './address.ts';

const environment = 'file:///home/ann/my%20shop?x=1';
const SUBJECTS: readonly (readonly [Subject, path: string])[] = [
  [{ kind: 'object', environment, file: 'a b/web.yaml', object: 'apps/Deployment//web' }, '/deployment/web.yaml'],
  [{ kind: 'drift', environment, object: '/ConfigMap/shop/web' }, '/shop/configmap/web.yaml'],
  [{ kind: 'plan', environment, revision: 'a1b2c3', object: '/ConfigMap/shop/ü:&#' }, '/shop/configmap/ü:&#.yaml'],
  [{ kind: 'plan', environment, object: '/Namespace//shop' }, '/namespace/shop.yaml'],
  [{ kind: 'summary', environment }, '/plan of the working copy.yaml'],
  [{ kind: 'summary', environment, revision: 'feature/x' }, '/plan of feature-x.yaml'],
];

for (const [subject, path] of SUBJECTS) {
  test(`${path} leads back to what it shows`, () => {
    for (const side of ['left', 'right'] as const) {
      const parts = encodeAddress({ subject, side });
      assert.equal(parts.path, path);
      assert.deepEqual(parseAddress(parts), { subject, side });
    }
  });
}

test('equal subjects are equal, however they were made', () => {
  const one: Subject = { kind: 'drift', environment: 'e', object: '/A//b' };
  const other: Subject = { object: '/A//b', environment: 'e', kind: 'drift' };
  assert.equal(subjectKey(one), subjectKey(other));
  assert.deepEqual(encodeAddress({ subject: one, side: 'left' }), encodeAddress({ side: 'left', subject: other }));
});

test('what is no address is none', () => {
  for (const query of ['', 'x', '{}', '[]', '{"side":"left"}', '{"side":"left","subject":{"kind":"plan"}}'])
    assert.equal(parseAddress({ query }), undefined, query);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Address, encodeAddress, parseAddress } from './address.ts';

const environment = 'file:///home/ann/my%20shop?x=1';
const ADDRESSES: readonly (readonly [Address, path: string])[] = [
  [
    { kind: 'object', environment, file: 'a b/web.yaml', object: 'apps/Deployment//web', side: 'left' },
    '/deployment/web.yaml',
  ],
  [{ kind: 'drift', environment, object: '/ConfigMap/shop/web', side: 'right' }, '/shop/configmap/web.yaml'],
  [
    { kind: 'plan', environment, revision: 'a1b2c3', object: '/ConfigMap/shop/ü:&#', side: 'right' },
    '/shop/configmap/ü:&#.yaml',
  ],
  [{ kind: 'plan', environment, object: '/Namespace//shop', side: 'left' }, '/namespace/shop.yaml'],
  [{ kind: 'summary', environment }, '/plan of the working copy.yaml'],
  [{ kind: 'summary', environment, revision: 'feature/x' }, '/plan of feature-x.yaml'],
];

for (const [address, path] of ADDRESSES) {
  test(`${path} leads back to what it shows`, () => {
    const parts = encodeAddress(address);
    assert.equal(parts.path, path);
    assert.deepEqual(parseAddress(parts), address);
  });
}

test('equal addresses are equal URIs, however they were made', () => {
  const one = encodeAddress({ kind: 'drift', environment: 'e', object: '/A//b', side: 'left' });
  const other = encodeAddress({ side: 'left', object: '/A//b', environment: 'e', kind: 'drift' });
  assert.deepEqual(one, other);
});

test('what is no address is none', () => {
  for (const query of ['', 'x', '{}', '[]', '{"kind":"plan"}', '{"kind":"other","environment":"e"}'])
    assert.equal(parseAddress({ query }), undefined, query);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { manifestsOf, parseFile } from '@weaveflux/shared';
import { findManifest } from './find-manifest.ts';

const { manifests } = manifestsOf(
  parseFile(
    'a.yaml',
    ['metadata: { name: web }', 'metadata: { name: web, namespace: shop }', 'metadata: { name: api, namespace: x }']
      .map((metadata) => `apiVersion: v1\nkind: ConfigMap\n${metadata}\n`)
      .join('---\n'),
  ),
);

const CASES: readonly (readonly [key: string, document: number | undefined])[] = [
  ['/ConfigMap/shop/web', 1],
  ['/ConfigMap//web', 0],
  ['/ConfigMap/other/web', 0],
  ['/ConfigMap/other/api', undefined],
  ['/Secret/shop/web', undefined],
];

for (const [key, document] of CASES) {
  test(`${key} is ${document === undefined ? 'not in the file' : `document ${document}`}`, () => {
    assert.equal(findManifest(manifests, key)?.document, document);
  });
}

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { manifestsOf, objectKey, parseFile } from '@weaveflux/shared';
import type { ManifestSource } from '../source/types.ts';
import { manifestAt, manifestNamed, objectNamed } from './choose.ts';
import { statusOf } from './testing.ts';

/** Three objects, which begin at the lines 1, 6 and 11. */
const SOURCES = sources([
  '# shop\napiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web }\n',
  '#\napiVersion: v1\nkind: Service\nmetadata: { name: web }\n',
  '#\napiVersion: v1\nkind: Service\nmetadata: { name: api, namespace: shop }\n',
]);

function sources(documents: readonly string[]): ManifestSource[] {
  const { manifests } = manifestsOf(parseFile('a.yaml', documents.join('---\n')));
  return manifests.map((manifest): ManifestSource => {
    const line = manifest.line - 1;
    const start = { startLine: line, startCharacter: 0, endLine: line, endCharacter: 10 };
    const policies = {} as ManifestSource['policies'];
    const key = objectKey(manifest.id);
    return { manifest, key, name: key, start, images: [], annotations: [], policies, stale: false };
  });
}

const LINES: readonly (readonly [line: number, key: string])[] = [
  [0, 'apps/Deployment//web'],
  [1, 'apps/Deployment//web'],
  [4, 'apps/Deployment//web'],
  [6, '/Service//web'],
  [99, '/Service/shop/api'],
];

for (const [line, key] of LINES) {
  test(`the cursor in line ${line + 1} stands in ${key}`, () => {
    assert.equal(manifestAt(SOURCES, line)?.key, key);
  });
}

test('in a file without objects it stands in none', () => {
  assert.equal(manifestAt([], 3), undefined);
});

const NAMES: readonly (readonly [text: string, key: string | undefined])[] = [
  ['apps/Deployment//web', 'apps/Deployment//web'],
  ['apps/Deployment/prod/web', 'apps/Deployment//web'],
  ['deployment/web', 'apps/Deployment//web'],
  ['shop:service/api', '/Service/shop/api'],
  ['api', '/Service/shop/api'],
  ['web', undefined],
  ['nothing', undefined],
];

for (const [text, key] of NAMES) {
  test(`in a file, "${text}" means ${key ?? 'no single object'}`, () => {
    assert.equal(manifestNamed(SOURCES, text)?.key, key);
  });
}

test('in an environment, a name means the one object that it fits', () => {
  const objects = [statusOf('apps/Deployment/shop/web'), statusOf('/Service/shop/web'), statusOf('/Service/shop/api')];
  const key = (text: string) => objectNamed(objects, text)?.key;
  assert.equal(key('/Service/shop/web'), '/Service/shop/web');
  assert.equal(key('deployment/web'), 'apps/Deployment/shop/web');
  assert.deepEqual([key('web'), key('none')], [undefined, undefined]);
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { connected, imageStatus, objectStatus } from '../testing/source.ts';
import { imagesOf, objectOf } from './match.ts';

describe('what the agent knows of an object in a file', () => {
  const settled = objectStatus({ key: 'apps/Deployment/shop/web', file: 'shop/web.yaml' });
  const other = objectStatus({ key: 'apps/Deployment/blog/web', file: 'blog/web.yaml' });
  const image = imageStatus({ object: settled.key, file: 'shop/web.yaml' });
  const foreign = imageStatus({ object: other.key, file: 'blog/web.yaml', container: 'db' });
  const know = (paths: string[] = []) =>
    connected({ objects: [other, settled], images: [foreign, image], repository: { paths } });

  const cases: [name: string, path: string, key: string, found: string | undefined, paths?: string[]][] = [
    ['by its key', 'shop/web.yaml', 'apps/Deployment/shop/web', settled.key],
    ['by its key, where it has been moved to another file', 'new.yaml', 'apps/Deployment/shop/web', settled.key],
    ['by its file, where no namespace is written', 'shop/web.yaml', 'apps/Deployment//web', settled.key],
    ['not by the name of an object elsewhere', 'new.yaml', 'apps/Deployment//web', undefined],
    ['not where it has another kind', 'shop/web.yaml', 'apps/StatefulSet/shop/web', undefined],
    ['not in a file that the agent does not read', 'staging/web.yaml', 'apps/Deployment/shop/web', undefined, ['shop']],
    ['in a file below one of its paths', 'shop/web.yaml', 'apps/Deployment/shop/web', settled.key, ['./a', 'shop/']],
    ['not in a folder that only begins like a path', 'shop2/web.yaml', 'apps/Deployment/shop/web', undefined, ['shop']],
  ];
  for (const [name, path, key, found, paths] of cases) {
    it(`is found ${name}`, () => {
      assert.equal(objectOf(know(paths), path, { key })?.key, found);
      assert.deepEqual(imagesOf(know(paths), path, { key }), new Map(found === undefined ? [] : [['web', image]]));
    });
  }
});

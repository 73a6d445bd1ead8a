import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createSourceReader } from './reader.ts';

const POLICY = `apiVersion: image.toolkit.fluxcd.io/v1
kind: ImageRepository
metadata: {name: web, namespace: flux}
spec: {image: reg.example.com/shop/web}
---
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImagePolicy
metadata: {name: web, namespace: flux}
spec:
  imageRepositoryRef: {name: web}
  policy: {semver: {range: ~1.4}}
---
`;
const RELEASE = `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: web, namespace: shop}
spec:
  values:
    image:
      repository: reg.example.com/shop/web
      tag: 1.4.2 # {"$imagepolicy": "flux:web:tag"}
`;
const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  template:
    spec:
      containers:
        - name: web
          image: reg.example.com/shop/web:1.4.1 # {"$imagepolicy": "flux:web"}
        - name: side
          image: side:1
`;

function images(text: string): unknown[] {
  const { manifests } = createSourceReader().read('a.yaml', text);
  return manifests.flatMap(({ images: found, policies }) =>
    found.map(({ container, text: written, image, range, marked = false }) => [
      container,
      written,
      image?.tag,
      range.startLine + 1,
      marked,
      policies.containers.get(container)?.policy?.text,
    ]),
  );
}

describe('images that markers tell of', () => {
  const cases: [name: string, text: string, images: unknown[]][] = [
    [
      'a tag, with its ImagePolicy in the file',
      POLICY + RELEASE,
      [['chart-image', 'reg.example.com/shop/web:1.4.2', '1.4.2', 20, true, 'semver:~1.4']],
    ],
    [
      'a tag, with its ImagePolicy elsewhere',
      RELEASE,
      [['chart-image', 'reg.example.com/shop/web:1.4.2', '1.4.2', 8, true, undefined]],
    ],
    [
      'a tag whose name stands elsewhere',
      RELEASE.replace('repository', 'name'),
      [['flux:web', '1.4.2', undefined, 8, true, undefined]],
    ],
    [
      'a container, with its ImagePolicy in the file',
      POLICY + DEPLOYMENT,
      [
        ['web', 'reg.example.com/shop/web:1.4.1', '1.4.1', 21, true, 'semver:~1.4'],
        ['side', 'side:1', '1', 23, false, undefined],
      ],
    ],
    [
      'a container, with its ImagePolicy elsewhere',
      DEPLOYMENT,
      [
        ['web', 'reg.example.com/shop/web:1.4.1', '1.4.1', 9, true, undefined],
        ['side', 'side:1', '1', 11, false, undefined],
      ],
    ],
    ['a name without a version', RELEASE.replace('repository', 'name').replace(':tag"', ':name"'), []],
    ['a tag that is no string', RELEASE.replace('1.4.2', '14'), []],
  ];
  for (const [name, text, expected] of cases) it(name, () => assert.deepEqual(images(text), expected));

  it('are no problem of the file where only the repository can tell', () => {
    assert.deepEqual(createSourceReader().read('a.yaml', RELEASE).problems, []);
  });
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ImageStatus } from '@weaveflux/shared';
import type { Registry } from '../../registry/types.ts';
import { createScanner } from '../scan/scan.ts';
import { subjectIn, workloadText } from '../testing.ts';
import { imageStatus } from './images.ts';

const VERSIONS = ['1.4.1', '1.4.2', '1.10.0', '1.11.0-alpine', '2026', 'latest', 'main'];

const CASES: readonly (readonly [
  what: string,
  image: string,
  annotations: Readonly<Record<string, string>>,
  tags: readonly string[],
  chosen: string | undefined,
  available: readonly string[],
])[] = [
  [
    'without a policy versions like the one in the file, then all else',
    'web:1.4.1',
    {},
    VERSIONS,
    '1.10.0',
    ['1.10.0', '1.4.2', '1.4.1', 'main', '2026', '1.11.0-alpine'],
  ],
  [
    'its own kind of versions',
    'web:1.9.0-alpine',
    {},
    VERSIONS,
    '1.11.0-alpine',
    ['1.11.0-alpine', 'main', '2026', '1.10.0', '1.4.2', '1.4.1'],
  ],
  [
    'what its policy admits, in its order',
    'web:1.4.1',
    { 'weaveflux.dev/tag.app': 'semver:~1.4' },
    VERSIONS,
    '1.4.2',
    ['1.4.2', '1.4.1'],
  ],
  [
    'the same of what is pinned',
    'web:1.4.1',
    { 'weaveflux.dev/automated': 'true', 'weaveflux.dev/locked': 'true', 'weaveflux.dev/tag.app': 'semver:~1.4' },
    VERSIONS,
    '1.4.2',
    ['1.4.2', '1.4.1'],
  ],
  [
    'tags but no choice while only created times could tell',
    'web:main-8',
    { 'weaveflux.dev/tag.app': 'glob:main-*' },
    ['main-8', 'main-9', 'main-10', 'dev-11'],
    undefined,
    ['main-10', 'main-9', 'main-8'],
  ],
  ['no choice either of a tag that is no version', 'web:main', {}, ['main', 'a'], undefined, ['main', 'a']],
  [
    'any tag where its policy cannot be understood',
    'web:1.4.1',
    { 'weaveflux.dev/automated': 'true', 'weaveflux.dev/tag.app': 'semver:?' },
    ['1.4.1', '1.4.2'],
    undefined,
    ['1.4.2', '1.4.1'],
  ],
];

for (const [what, image, annotations, tags, chosen, available] of CASES) {
  test(`what no policy changes shows ${what}`, async () => {
    const status = await statusOf(image, annotations, tags);
    assert.deepEqual([status.chosen?.tag, status.available.map(({ tag }) => tag)], [chosen, available]);
  });
}

test('a tag that came after created times were read stands before those that are dated, and nothing is chosen', async () => {
  const annotations = { 'weaveflux.dev/tag.app': 'glob:main-*' };
  const created = (day: number) => ({ created: `2026-01-0${day}T00:00:00Z`, digest: `sha256:${day}` });
  const dated = [
    { tag: 'main-b', ...created(1) },
    { tag: 'main-a', ...created(2) },
  ];
  const before = await statusOf('web:main-b', annotations, dated);
  assert.deepEqual([before.chosen?.tag, before.available.map(({ tag }) => tag)], ['main-a', ['main-a', 'main-b']]);
  const after = await statusOf('web:main-b', annotations, [...dated, { tag: 'main-0' }]);
  assert.deepEqual(
    [after.chosen?.tag, after.available.map(({ tag }) => tag)],
    [undefined, ['main-0', 'main-a', 'main-b']],
  );
});

async function statusOf(
  image: string,
  annotations: Readonly<Record<string, string>>,
  tags: readonly (string | { readonly tag: string })[],
): Promise<ImageStatus> {
  const known = tags.map((tag) => (typeof tag === 'string' ? { tag } : tag));
  const registry: Registry = {
    requests: { total: 0, rateLimitWaits: 0 },
    scan: async () => assert.fail('nothing is asked'),
    describe: async () => assert.fail('no manifest is read'),
    known: () => ({ tags: known, scannedAt: 'now' }),
  };
  const env = { target: undefined as never, now: () => new Date('2026-06-01T00:00:00Z') };
  const subject = subjectIn(workloadText('web', `example.org/${image}`, annotations));
  const [decided] = await createScanner(env, registry).decideAll([subject], [], AbortSignal.timeout(10_000));
  assert.ok(decided);
  return imageStatus(decided);
}

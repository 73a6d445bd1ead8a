import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readCreated, readManifest, readPlatform } from './manifests.ts';

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
const child = (letter: string, os: string, architecture: string, more = {}) => ({
  digest: digest(letter),
  platform: { os, architecture },
  ...more,
});
const childOf = (manifests: unknown[]) => {
  const manifest = readManifest(JSON.stringify({ manifests }));
  return manifest.kind === 'index' ? manifest.child : manifest.kind;
};

test('of an index linux/amd64 is taken, else the first that is a platform', () => {
  assert.equal(childOf([child('a', 'linux', 'arm64'), child('b', 'linux', 'amd64')]), digest('b'));
  assert.equal(childOf([child('a', 'unknown', 'unknown'), child('b', 'windows', 'amd64')]), digest('b'));
  const attestation = { annotations: { 'vnd.docker.reference.type': 'attestation-manifest' } };
  assert.equal(childOf([child('a', 'linux', 'amd64', attestation), child('b', 'linux', 's390x')]), digest('b'));
  assert.equal(childOf([{ digest: digest('a') }]), digest('a'));
  assert.equal(childOf([]), undefined);
});

test('the platforms of an index are those of its images, where each of them says its own', () => {
  const platformsOf = (manifests: unknown[]) => {
    const manifest = readManifest(JSON.stringify({ manifests }));
    return manifest.kind === 'index' ? manifest.platforms : manifest.kind;
  };
  const arm = { digest: digest('c'), platform: { os: 'linux', architecture: 'arm', variant: 'v7' } };
  const attestation = child('d', 'unknown', 'unknown');
  assert.deepEqual(platformsOf([child('a', 'linux', 'amd64'), child('b', 'linux', 'amd64'), arm, attestation]), [
    'linux/amd64',
    'linux/arm/v7',
  ]);
  assert.deepEqual(platformsOf([child('a', 'linux', 'amd64'), { digest: digest('b') }]), []);
  assert.deepEqual(platformsOf([child('a', 'linux', 'amd64,x'), attestation]), []);
});

test('the platform of an image is what its config says', () => {
  assert.equal(readPlatform('{"os":"linux","architecture":"arm64","variant":"v8"}'), 'linux/arm64/v8');
  assert.equal(readPlatform('{"os":"linux","architecture":"amd64","variant":""}'), 'linux/amd64');
  for (const text of [
    '{"os":"linux"}',
    '{"os":"","architecture":"amd64"}',
    '{"os":"a b","architecture":"c"}',
    '7',
    '',
  ]) {
    assert.equal(readPlatform(text), undefined, text);
  }
});

test('a chart or another artifact is no image with a config, its own annotation tells the time', () => {
  const chart = {
    config: { digest: digest('a'), mediaType: 'application/vnd.cncf.helm.config.v1+json' },
    annotations: { 'org.opencontainers.image.created': '2026-01-02T03:04:05Z' },
  };
  assert.deepEqual(readManifest(JSON.stringify(chart)), {
    kind: 'image',
    config: undefined,
    created: '2026-01-02T03:04:05.000Z',
  });
});

test('schema 1 is not supported; two things at once, or none, are refused', () => {
  assert.deepEqual(readManifest(JSON.stringify({ schemaVersion: 1, fsLayers: [] })), { kind: 'unsupported' });
  const both = { manifests: [], config: { digest: digest('a') } };
  for (const text of [JSON.stringify(both), '{"manifests":[{"digest":"../x"}]}', '', 'null', '[', '7']) {
    assert.throws(() => readManifest(text), { code: 'REGISTRY_FAILED' }, text);
  }
});

const times: [created: unknown, label: unknown, expected: string | undefined][] = [
  ['2026-01-02T03:04:05.123456789Z', undefined, '2026-01-02T03:04:05.123Z'],
  ['2026-01-02T03:04:05+02:00', undefined, '2026-01-02T01:04:05.000Z'],
  ['0001-01-01T00:00:00Z', undefined, undefined],
  ['1970-01-01T00:00:00Z', '2026-01-02T03:04:05Z', '2026-01-02T03:04:05.000Z'],
  ['yesterday', undefined, undefined],
  ['2026-13-45T99:99:99Z', undefined, undefined],
  [null, 7, undefined],
];

for (const [created, label, expected] of times) {
  test(`created ${created} with label ${label} is ${expected}`, () => {
    const text = JSON.stringify({ created, config: { Labels: { 'org.opencontainers.image.created': label } } });
    assert.equal(readCreated(text), expected);
  });
}

test('the label goes first where that is wanted', () => {
  const labels = { 'org.opencontainers.image.created': '2025-01-01T00:00:00Z' };
  const text = JSON.stringify({ created: '2026-01-01T00:00:00Z', config: { Labels: labels } });
  assert.equal(readCreated(text, true), '2025-01-01T00:00:00.000Z');
});

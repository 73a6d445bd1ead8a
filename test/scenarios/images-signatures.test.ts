import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import {
  bundleArtifacts,
  bundleByKey,
  classicArtifact,
  classicByKey,
  simplePayload,
  statementOf,
  testKeys,
} from '@weaveflux/agent/testing/signatures';
import { createTestSigstore, type TestSigstore } from '@weaveflux/agent/testing/sigstore';
import type { ImageStatus } from '@weaveflux/shared';
import { type ImageWorld, policies, startImageWorld, untilTold, workload } from './images-support.ts';

const CREATED = '2026-01-01T00:00:00Z';
const WHO = {
  issuer: 'https://token.actions.githubusercontent.com',
  identity: 'https://github.com/shop/web/.github/workflows/release.yml@refs/heads/main',
};

let images: ImageWorld;
let sigstore: TestSigstore;
let rootFile: string;
before(async () => {
  [images, sigstore] = await Promise.all([startImageWorld(), createTestSigstore()]);
  rootFile = join(images.world.dir, 'trusted-root.json');
  await writeFile(rootFile, sigstore.trustedRoot);
});
after(() => images[Symbol.asyncDispose]());

test('only what is signed by the key is chosen, and its digest is written; a signature that comes later is found', async () => {
  const { registry } = images;
  const { pem, key } = testKeys();
  const first = await push('web', '1.1.0');
  await push('web', '1.2.0');
  await push('web', '1.0.0');
  await registry.pushArtifact('web', classicArtifact(first, [classicByKey(key, first)]));
  await using scene = await images.scene('signed', {
    'web.yaml': deployment('web', '1.0.0'),
    'keys/cosign.pub': pem,
    '.weaveflux.yaml': `images:\n  verify:\n    - images: ["${registry.host}/*"]\n      key: keys/cosign.pub\n`,
  });
  await scene.untilFile('web.yaml', `/web:1.1.0@${first}`);

  const told = await untilTold(scene, '1.2.0 to be unsigned', (tags) => tags.get('1.1.0')?.standing === 'current');
  assert.equal(told.get('1.2.0')?.standing, 'unsigned');
  assert.match(
    told.get('1.2.0')?.reason ?? '',
    /^It is not taken because no signature of it was found, and \.weaveflux\.yaml:3 requires one by the key keys\/cosign\.pub; /,
  );
  await scene.untilImage('it to be not verified', 'web', ({ state }) => state === 'not-verified');

  const second = await push('web', '1.2.0');
  for (const artifact of bundleArtifacts(second, [bundleByKey(key, statementOf(second))])) {
    await registry.pushArtifact('web', artifact);
  }
  await scene.untilFile('web.yaml', `/web:1.2.0@${second}`);
});

test('a wrong key, a payload that was changed and the signature of another image are told apart, and none is taken', async () => {
  const { registry } = images;
  const [{ pem, key }, stranger] = [testKeys('ed25519'), testKeys('ed25519')];
  const digests = {
    wrong: await push('bad', '1.1.0'),
    changed: await push('bad', '1.2.0'),
    other: await push('bad', '1.3.0'),
  };
  await push('bad', '1.0.0');
  const { annotations } = classicByKey(key, digests.wrong);
  const attached = [
    classicArtifact(digests.wrong, [classicByKey(stranger.key, digests.wrong)]),
    classicArtifact(digests.changed, [{ payload: simplePayload(digests.changed), annotations }]),
    classicArtifact(digests.other, [classicByKey(key, digests.wrong)]),
  ];
  for (const artifact of attached) await registry.pushArtifact('bad', artifact);
  await using scene = await images.scene('wrong', {
    'web.yaml': deployment('bad', '1.0.0'),
    '.weaveflux.yaml': verifying(registry.host, 'key', pem),
  });
  const told = await untilTold(scene, 'all to be checked', (tags) => tags.get('1.1.0')?.standing === 'not-verified');
  assert.match(told.get('1.1.0')?.reason ?? '', /it is not signed by the key given there/);
  assert.match(told.get('1.2.0')?.reason ?? '', /it is not signed by the key given there/);
  assert.match(told.get('1.3.0')?.reason ?? '', /what was signed is not this image/);
  const image = await scene.image('web');
  assert.deepEqual([image.state, image.tag, image.chosen?.tag], ['not-verified', '1.0.0', '1.3.0']);

  const refused = await scene.command('release', 'web', '--tag', '1.2.0');
  assert.notEqual(refused.code, 0);
  assert.match(refused.text, /cannot take 1\.2\.0, because it is not signed by the key given there/);
  const insisted = await scene.command('release', 'web', '--tag', '1.2.0', '--force');
  assert.equal(insisted.code, 0, insisted.text);
  await scene.untilFile('web.yaml', `/bad:1.2.0@${digests.changed}`);
});

test('without a key the right identity is taken, and another is told', async () => {
  const { registry } = images;
  const [mine, theirs] = [await push('keyless', '1.1.0'), await push('keyless', '1.2.0')];
  await push('keyless', '1.0.0');
  const other = { ...WHO, identity: 'https://github.com/stranger/web/.github/workflows/release.yml@refs/heads/main' };
  for (const artifact of [
    ...bundleArtifacts(mine, [await sigstore.bundle(statementOf(mine), WHO)]),
    classicArtifact(theirs, [await sigstore.classic(theirs, other)]),
  ]) {
    await registry.pushArtifact('keyless', artifact);
  }
  const identity = 'regexp:https://github\\.com/shop/.*';
  const files = {
    'web.yaml': deployment('keyless', '1.0.0'),
    '.weaveflux.yaml': verifying(registry.host, 'keyless', JSON.stringify({ issuer: WHO.issuer, identity })),
  };
  await using scene = await images.scene('keyless', files, { 'sigstore-trusted-root': rootFile });
  await scene.untilFile('web.yaml', `/keyless:1.1.0@${mine}`);
  const told = await untilTold(scene, 'the release', (tags) => tags.get('1.1.0')?.standing === 'current');
  assert.equal(told.get('1.2.0')?.standing, 'not-verified');
  assert.match(
    told.get('1.2.0')?.reason ?? '',
    /it is signed by https:\/\/github\.com\/stranger\/web\/.+, and not by regexp:/,
  );
});

test('what is proposed stays while just its signature cannot be read, and gives way to something older once it is gone', async () => {
  const { registry } = images;
  const { pem, key } = testKeys();
  const digests = { old: await push('kept', '1.1.0'), new: await push('kept', '1.2.0') };
  await push('kept', '1.0.0');
  for (const digest of Object.values(digests))
    await registry.pushArtifact('kept', classicArtifact(digest, [classicByKey(key, digest)]));
  const branch = 'weaveflux/images';
  await using scene = await images.scene('kept', {
    'web.yaml': deployment('kept', '1.0.0'),
    '.weaveflux.yaml': `${verifying(registry.host, 'key', pem)}  write: { branch: ${branch} }\n`,
  });
  await scene.untilImage('the proposal', 'web', ({ chosen, proposed }) => proposed && chosen?.tag === '1.2.0');
  const proposal = await scene.repository.head(branch);

  const broken = registry.fault({ match: new RegExp(`/manifests/${digests.new.replace(':', '-')}`), status: 500 });
  await scene.restart();
  const isOlder = ({ state, chosen }: ImageStatus) => state === 'update' && chosen?.tag === '1.1.0';
  const seen = await scene.untilImage('the older one to be chosen', 'web', isOlder);
  await scene.untilImage('the next scan', 'web', ({ scannedAt }) => scannedAt !== seen.scannedAt);
  assert.equal(await scene.repository.head(branch), proposal);

  await registry.deleteTag('kept', '1.2.0');
  await scene.untilImage('the older one to be proposed', 'web', (image) => isOlder(image) && image.proposed);
  assert.match(await scene.repository.read('web.yaml', branch), new RegExp(`/kept:1\\.1\\.0@${digests.old}`));
  broken[Symbol.dispose]();
});

test('a rule that cannot be understood is told at its line, and nothing of what it is about is chosen', async () => {
  const { registry } = images;
  const digest = await push('broken', '1.1.0');
  await push('broken', '1.0.0');
  await registry.pushArtifact('broken', classicArtifact(digest, [classicByKey(testKeys().key, digest)]));
  const rule = `images:\n  verify:\n    - images: ["${registry.host}/*"]\n      key: keys/gone.pub\n`;
  const files = { 'web.yaml': deployment('broken', '1.0.0'), '.weaveflux.yaml': rule };
  await using scene = await images.scene('broken', files);
  const { reason } = await scene.untilImage('a decision', 'web', ({ state }) => state === 'not-verified');
  assert.match(reason, /^1\.1\.0 is not taken because \.weaveflux\.yaml:3 cannot be understood/);
  const { sync } = await scene.running.until('the problem', (status) => status.sync.problems.length > 0);
  assert.deepEqual(
    sync.problems.map(({ severity, file, line }) => [severity, file, line]),
    [['error', '.weaveflux.yaml', 3]],
  );
});

/** An image that no other push makes: pushed twice it is the same. */
function push(name: string, tag: string): Promise<string> {
  return images.registry.pushImage(name, { tag, created: CREATED });
}

function deployment(name: string, tag: string): string {
  const containers = { app: `${images.registry.host}/${name}:${tag}` };
  return workload('web', { annotations: policies({ app: 'semver:*' }), containers });
}

/** Settings with one rule; of a key its PEM is written there. */
function verifying(host: string, what: 'key' | 'keyless', value: string): string {
  const text = what === 'key' ? `|\n${value.trim().replace(/^/gm, '        ')}` : value;
  return `images:\n  verify:\n    - images: ["${host}/*"]\n      ${what}: ${text}\n`;
}

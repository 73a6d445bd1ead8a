import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type RigRegistry, startRegistry } from '../rig/index.ts';
import { deadline, openScanner, repositoryOf } from './registry-world.ts';

const CREATED = '2025-03-04T05:06:07Z';
const READ = '2025-03-04T05:06:07.000Z';
const LABEL = { 'org.opencontainers.image.created': '2025-01-01T00:00:00+02:00' };

for (const kind of ['ggcr', 'docker-registry', 'distribution'] as const) {
  describe(`images in ${kind}`, () => {
    let rig: RigRegistry;
    before(async () => {
      rig = await startRegistry({ kind });
    });
    after(() => rig.stop());

    const forms = [
      { tag: 'oci', created: CREATED },
      { tag: 'docker', created: CREATED, format: 'docker' },
      { tag: 'oci-index', created: CREATED, platforms: ['linux/arm64', 'linux/amd64'] },
      { tag: 'docker-list', created: CREATED, format: 'docker', platforms: ['linux/arm64/v8', 'linux/amd64'] },
      { tag: 'arm-only', created: CREATED, platforms: ['unknown/unknown', 'linux/arm64'] },
      { tag: 'labelled', created: '0001-01-01T00:00:00Z', labels: LABEL, expected: '2024-12-31T22:00:00.000Z' },
      { tag: 'both', created: CREATED, labels: LABEL },
      { tag: 'epoch', created: '1970-01-01T00:00:00Z', expected: undefined },
      { tag: 'jib', created: '1980-01-01T00:00:01Z', expected: undefined },
    ] as const;
    for (const form of forms) {
      test(`${form.tag}: created time, digest and platforms are read`, async () => {
        await using world = await openScanner({ caFile: rig.caFile });
        const digest = await rig.pushImage('team/app', form);
        const expected = 'expected' in form ? form.expected : READ;
        const [tag] = await world.registry.describe(repositoryOf(rig, 'team/app'), [form.tag], deadline());
        const images: readonly string[] = 'platforms' in form ? form.platforms : ['linux/amd64'];
        const platforms = images.filter((platform) => platform !== 'unknown/unknown');
        assert.deepEqual(tag, { tag: form.tag, digest, platforms, ...(expected ? { created: expected } : {}) });
        const before = world.registry.requests.total;
        await world.registry.describe(repositoryOf(rig, 'team/app'), [form.tag], deadline());
        assert.equal(world.registry.requests.total, before, 'what is known was asked for again');
      });
    }
  });
}

describe('reading tags', () => {
  let rig: RigRegistry;
  before(async () => {
    rig = await startRegistry();
  });
  after(() => rig.stop());

  test('only the tags that are asked for are read, two requests each', async () => {
    await using world = await openScanner({ caFile: rig.caFile });
    const repository = repositoryOf(rig, 'few/app');
    await rig.pushTags('few/app', ['1', '2', '3', '4']);
    await world.registry.scan(repository, deadline());
    const before = world.registry.requests.total;
    const described = await world.registry.describe(repository, ['2', '4'], deadline());
    assert.ok(described.every(({ created, digest }) => created && digest));
    assert.equal(world.registry.requests.total - before, 4);
    const { tags } = await world.registry.scan(repository, deadline());
    assert.deepEqual(
      tags.filter(({ created }) => created).map(({ tag }) => tag),
      ['2', '4'],
    );
  });

  test('a moved tag is noticed when it is asked for anew, for one request while it has not moved', async () => {
    await using world = await openScanner({ caFile: rig.caFile });
    const repository = repositoryOf(rig, 'moving/app');
    await rig.pushImage('moving/app', { tag: 'stable', created: CREATED });
    const [before] = await world.registry.describe(repository, ['stable'], deadline());
    const asked = world.registry.requests.total;
    await world.registry.describe(repository, ['stable'], deadline(), { refresh: true });
    assert.equal(world.registry.requests.total - asked, 1);
    const digest = await rig.pushImage('moving/app', { tag: 'stable', created: '2025-09-09T09:09:09Z' });
    assert.deepEqual(await world.registry.describe(repository, ['stable'], deadline()), [before]);
    const [moved] = await world.registry.describe(repository, ['stable'], deadline(), { refresh: true });
    const platforms = ['linux/amd64'];
    assert.deepEqual(moved, { tag: 'stable', digest, platforms, created: '2025-09-09T09:09:09.000Z' });
  });

  test('a tag that cannot be read blocks no other, and is left alone for a while', async () => {
    await using world = await openScanner({ caFile: rig.caFile });
    const repository = repositoryOf(rig, 'partly/app');
    await rig.pushTags('partly/app', ['good', 'bad']);
    using _ = rig.fault({ match: /manifests\/bad/, status: 500 });
    const described = await world.registry.describe(repository, ['bad', 'missing', 'good'], deadline());
    assert.deepEqual(
      described.map(({ digest }) => digest !== undefined),
      [false, false, true],
    );
    assert.equal(world.registry.known(repository.name)?.problem?.code, 'REGISTRY_FAILED');
    const before = world.registry.requests.total;
    await world.registry.describe(repository, ['bad', 'missing', 'good'], deadline());
    assert.equal(world.registry.requests.total, before);
  });

  test('content that is not what its digest says is not used', async () => {
    await using world = await openScanner({ caFile: rig.caFile });
    const repository = repositoryOf(rig, 'lying/app');
    await rig.pushTags('lying/app', ['1']);
    using _ = rig.fault({ match: /\/blobs\//, status: 200, body: JSON.stringify({ created: '2099-01-01T00:00:00Z' }) });
    assert.deepEqual(await world.registry.describe(repository, ['1'], deadline()), [{ tag: '1' }]);
    assert.match(world.registry.known(repository.name)?.problem?.message ?? '', /not what its digest says/);
  });
});

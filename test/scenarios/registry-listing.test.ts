import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { startRegistry } from '../rig/index.ts';
import { deadline, manyTags, openScanner, repositoryOf } from './registry-world.ts';

const pagings = [
  { name: 'pages without a Link header', options: { links: false } },
  { name: 'pages with a relative Link header', options: { links: true } },
  { name: 'pages with Link that the registry keeps small', options: { links: true, pageSize: 300 } },
] as const;

for (const { name, options } of pagings) {
  test(`2,500 tags are all listed: ${name}`, async () => {
    await using rig = await startRegistry(options);
    await using world = await openScanner({ caFile: rig.caFile });
    await rig.pushTags('team/app', manyTags(2500));
    const scan = await world.registry.scan(repositoryOf(rig, 'team/app'), deadline());
    assert.equal(scan.problem, undefined);
    assert.deepEqual(scan.tags.map(({ tag }) => tag).sort(), manyTags(2500));
    const before = world.registry.requests.total;
    const again = await world.registry.scan(repositoryOf(rig, 'team/app'), deadline());
    assert.equal(again.tags.length, 2500);
    const warm = world.registry.requests.total - before;
    assert.equal(warm, 'pageSize' in options ? 9 : 1);
  });
}

test('exactly one full page without Link is asked on once and ends', async () => {
  await using rig = await startRegistry();
  await using world = await openScanner({ caFile: rig.caFile });
  await rig.pushTags('team/app', manyTags(1000));
  const scan = await world.registry.scan(repositoryOf(rig, 'team/app'), deadline());
  assert.deepEqual([scan.tags.length, scan.problem], [1000, undefined]);
});

describe('what is remembered', () => {
  test('a deleted tag leaves the list and stays known with its time, also after a restart', async () => {
    await using rig = await startRegistry({ kind: 'docker-registry' });
    await using world = await openScanner({ caFile: rig.caFile });
    const repository = repositoryOf(rig, 'team/app');
    await rig.pushTags('team/app', [
      { tag: '1.0.0', created: '2025-05-05T05:05:05Z' },
      { tag: '2.0.0', created: '2025-06-06T06:06:06Z' },
    ]);
    await world.registry.scan(repository, deadline());
    const described = await world.registry.describe(repository, ['1.0.0', '2.0.0'], deadline());
    await rig.deleteTag('team/app', '1.0.0');
    const scan = await world.registry.scan(repository, deadline());
    assert.deepEqual(scan.tags, [described[1]]);
    await using restarted = await openScanner({ caFile: rig.caFile, dataDir: world.dataDir });
    const known = restarted.registry.known(repository.name);
    assert.deepEqual(
      known?.tags.toSorted((a, b) => a.tag.localeCompare(b.tag)),
      [{ tag: '1.0.0', digest: described[0]?.digest, created: described[0]?.created }, described[1]],
    );
    assert.deepEqual([...(known?.deleted?.keys() ?? [])], ['1.0.0']);
    assert.equal(restarted.registry.requests.total, 0);
  });

  test('a scan without news writes nothing; a damaged file is dropped with a warning', async () => {
    await using rig = await startRegistry();
    await using world = await openScanner({ caFile: rig.caFile });
    const repository = repositoryOf(rig, 'team/app');
    await rig.pushTags('team/app', ['1']);
    await world.registry.scan(repository, deadline());
    const directory = join(world.dataDir, 'tags');
    const [file = assert.fail('no file was written'), ...more] = await readdir(directory);
    assert.deepEqual(more, []);
    const text = await readFile(join(directory, file), 'utf8');
    await world.registry.scan(repository, deadline());
    assert.equal(await readFile(join(directory, file), 'utf8'), text);
    await writeFile(join(directory, file), text.slice(0, -20));
    await using restarted = await openScanner({ caFile: rig.caFile, dataDir: world.dataDir });
    assert.equal(restarted.registry.known(repository.name), undefined);
    assert.match(restarted.warnings.join(), /are dropped/);
    assert.equal((await restarted.registry.scan(repository, deadline())).tags.length, 1);
  });
});

const EVERYWHERE = { regions: [], includeIds: [], excludeIds: [] };

test('excluded, not included and ECR image repositories are not asked for, and say so', async () => {
  await using rig = await startRegistry();
  await rig.pushTags('team/app', ['1']);
  const ecr = '123456789012.dkr.ecr.eu-west-1.amazonaws.com/app';
  const cases = [
    { scope: { exclude: [`${rig.host}/*`], include: ['*'] }, name: `${rig.host}/team/app`, says: /exclude-image/ },
    { scope: { include: ['ghcr.io/*'] }, name: `${rig.host}/team/app`, says: /include-image/ },
    { scope: { ecr: { ...EVERYWHERE, regions: ['us-east-1'] } }, name: ecr, says: /registry-ecr-region/ },
    { scope: {}, name: 'evil/../../etc/passwd', says: /no name of an image repository/ },
  ];
  for (const { scope, name, says } of cases) {
    await using world = await openScanner({ caFile: rig.caFile, ...scope });
    const scan = await world.registry.scan({ name, credentials: [rig.dockerConfig()] }, deadline());
    assert.match(scan.problem?.message ?? '', says);
    assert.deepEqual([scan.tags, world.registry.requests.total], [[], 0]);
  }
});

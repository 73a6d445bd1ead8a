import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { ImageStatus } from '@weaveflux/shared';
import { type ImageWorld, policies, startImageWorld, workload } from './images-support.ts';

let images: ImageWorld;
let host: string;
before(async () => {
  images = await startImageWorld();
  host = images.registry.host;
});
after(() => images[Symbol.asyncDispose]());

test('an invalid policy blocks its container only, and is reported at its line until it is corrected', async () => {
  await push('invalid', ['1.0.0', '1.1.0']);
  const both = { good: `${host}/invalid:1.0.0`, bad: `${host}/invalid:1.0.0` };
  const text = workload('pair', {
    annotations: policies({ good: 'semver:~1', bad: 'semver:>=one' }),
    containers: both,
  });
  await using scene = await images.scene('invalid', { 'pair.yaml': text });
  const written = await scene.untilFile('pair.yaml', '/invalid:1.1.0');
  assert.equal(written, text.replace('/invalid:1.0.0', '/invalid:1.1.0'), 'the first container, and nothing else');
  const bad = await scene.image('pair', 'bad');
  assert.equal(bad.state, 'invalid-policy');
  assert.match(bad.reason, />=one/);
  const line = text.split('\n').findIndex((each) => each.includes('tag.bad')) + 1;
  const { problems } = (await scene.running.api.status()).sync;
  assert.deepEqual(
    problems.map((problem) => [problem.code, problem.file, problem.line]),
    [['INVALID_POLICY', 'pair.yaml', line]],
  );
  const told = await scene.running.event('the policy is invalid', ({ type }) => type === 'policy-invalid');
  assert.equal(told.line, line);
  const corrected = written.replace('>=one', '>=1');
  await scene.push({ 'pair.yaml': corrected });
  await scene.untilFile('pair.yaml', corrected.replace('/invalid:1.0.0', '/invalid:1.1.0'));
});

test('a tag that is deleted in the registry stays in the file, and nothing older is chosen for it', async () => {
  await push('deleted', ['a', 'b', 'c']);
  const text = workload('web', { annotations: policies({ app: 'newest:' }), containers: { app: `${host}/deleted:a` } });
  await using scene = await images.scene('deleted', { 'web.yaml': text });
  const written = await scene.untilFile('web.yaml', '/deleted:c');
  await images.registry.deleteTag('deleted', 'c');
  const isSeen = ({ available, tag }: ImageStatus) => available.length === 2 && tag === 'c';
  const image = await scene.untilImage('the deletion to be seen', 'web', isSeen);
  assert.equal(image.state, 'current');
  assert.match(image.reason, /c in the file is newer than b/);
  assert.equal(await scene.repository.read('web.yaml'), written);
  const refused = await scene.command('release', 'web', '--tag', 'c');
  assert.match(refused.text, /has no such tag/);
  await images.registry.pushImage('deleted', { tag: 'd', created: '2027-01-01T00:00:00Z' });
  await scene.untilFile('web.yaml', '/deleted:d');
});

test('a registry that goes away is told once, blocks no other, and is caught up with when it is back', async () => {
  await push('away', ['1', '2']);
  const annotations = policies({ app: 'numerical:' });
  const { registry } = images;
  await using scene = await images.scene('away', {
    'ecr.yaml': workload('ecr', {
      annotations,
      containers: { app: '123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop/web:1' },
    }),
    'web.yaml': workload('web', { annotations, containers: { app: `${host}/away:1` } }),
  });
  const { running } = scene;
  await scene.untilFile('web.yaml', '/away:2');
  const ecr = await scene.untilImage('AWS to know nobody here', 'ecr', ({ problem }) => problem !== undefined);
  assert.equal(ecr.state, 'not-scanned');
  assert.match(ecr.reason, /no AWS identity was found; give the agent’s service account a role/);
  const { sync } = await running.api.status();
  assert.ok(
    sync.problems.some(({ message, severity }) => severity === 'warning' && message.includes('Amazon ECR')),
    'the status says so',
  );

  await registry.outage();
  await running.event('the outage', ({ type, message }) => type === 'registry-failed' && message.includes(host));
  const during = await scene.untilImage('the problem to be shown', 'web', ({ problem }) => problem !== undefined);
  assert.equal(during.tag, '2');
  assert.deepEqual(
    during.available.map(({ tag }) => tag),
    ['2', '1'],
    'what was known is still shown',
  );
  const offline = await scene.command('release', 'web', '--tag', '1', '-m', 'back, and the registry is away');
  assert.equal(offline.code, 0, offline.text);
  await scene.untilFile('web.yaml', '/away:1');
  await registry.recover();
  // A registry that fails is left alone for about as long as it has failed.
  await running.event('the recovery', ({ type }) => type === 'registry-recovered', { deadline: 90_000 });
  await push('away', ['3'], 5);
  await scene.untilFile('web.yaml', '/away:3');
  const failures = running.events.filter(({ type, message }) => type === 'registry-failed' && message.includes(host));
  assert.equal(failures.length, 1, 'told once');
});

test('one image that cannot be written leaves the others, and a slow registry is not waited for', async () => {
  await Promise.all([push('shared', ['1', '2']), push('quick', ['1', '2']), push('slow', ['1', '2'])]);
  const annotations = policies({ app: 'numerical:' });
  const slow = images.registry.fault({ match: /slow\/tags/, delay: 12_000, times: 1 });
  const anchored = workload('anchored', { annotations, containers: { app: `&image ${host}/shared:1` } }).replace(
    'metadata: { labels: { app: anchored } }',
    'metadata: { labels: { app: anchored }, annotations: { image: *image } }',
  );
  const reordered = anchored
    .replace('annotations: { image: *image }', `annotations: { image: &image "${host}/shared:1" }`)
    .replace(`&image ${host}/shared:1`, '*image');
  await using scene = await images.scene('isolated', {
    'both.yaml': `${reordered}---\n${workload('quick', { annotations, containers: { app: `${host}/quick:1` } })}`,
    'slow.yaml': workload('slow', { annotations, containers: { app: `${host}/slow:1` } }),
  });
  const written = await scene.untilFile('both.yaml', '/quick:2');
  assert.ok(written.includes('/shared:1'), 'the value that others share is not touched');
  const [commit = ''] = (await scene.repository.git(['log', '--format=%H', 'main', '--', 'both.yaml'])).split('\n');
  assert.ok((await scene.repository.read('slow.yaml', commit)).includes('/slow:1'), 'the slow one comes later');
  const failed = await scene.running.event('the edit to fail', ({ type }) => type === 'release-failed');
  assert.equal(failed.file, 'both.yaml');
  assert.match(failed.message, /isolated:deployment\/anchored app: 1 → 2 could not be written/);
  await scene.untilFile('slow.yaml', '/slow:2');
  slow[Symbol.dispose]();
});

test('a suspended workload keeps its tag until it is resumed', async () => {
  await push('paused', ['1']);
  const annotations = policies({ app: 'numerical:' });
  const text = workload('web', { annotations, containers: { app: `${host}/paused:1` } });
  await using scene = await images.scene('paused', { 'web.yaml': text });
  await scene.untilImage('a first scan', 'web', ({ state }) => state === 'current');
  const suspended = await scene.command('suspend', 'web', '--reason', 'a person looks at it', '--for', '1h');
  assert.equal(suspended.code, 0, suspended.text);
  await push('paused', ['2'], 5);
  const seen = await scene.untilImage('the tag to be found', 'web', ({ state }) => state === 'update');
  await scene.untilImage('another scan', 'web', ({ scannedAt }) => scannedAt !== seen.scannedAt);
  assert.equal(await scene.repository.read('web.yaml'), text);
  assert.equal((await scene.command('resume', 'web')).code, 0);
  await scene.untilFile('web.yaml', '/paused:2');
});

async function push(name: string, tags: readonly string[], first = 0): Promise<void> {
  const dated = tags.map((tag, index) => ({
    tag,
    created: new Date(Date.UTC(2026, 0, 1, first + index)).toISOString(),
  }));
  await images.registry.pushTags(name, dated);
}

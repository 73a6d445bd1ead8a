import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { ImageStatus } from '@weaveflux/shared';
import { type ImageWorld, policies, startImageWorld, untilTold, workload } from './images-support.ts';

const OLD = '2026-01-0';

let images: ImageWorld;
before(async () => {
  images = await startImageWorld();
});
after(() => images[Symbol.asyncDispose]());

test('each tag is explained: after a revert by a person, too young, outside of the policy, deleted in the registry', async () => {
  const { registry } = images;
  await registry.pushTags('web', [
    { tag: '1.0.0', created: `${OLD}1T00:00:00Z` },
    { tag: '1.1.0', created: `${OLD}2T00:00:00Z` },
    { tag: '0.9.0', created: `${OLD}1T00:00:00Z` },
    ...['1.2.0', '1.3.0'].map((tag) => ({ tag, created: new Date().toISOString() })),
    ...['2.0.0', '1.4.0-rc.1', 'main', 'latest'].map((tag) => ({ tag, created: `${OLD}3T00:00:00Z` })),
  ]);
  const annotations = { ...policies({ app: 'semver:<2' }), 'weaveflux.dev/min-age.app': '24h' };
  const text = workload('web', { annotations, containers: { app: `${registry.host}/web:1.0.0` } });
  await using scene = await images.scene('explained', { 'web.yaml': text });
  await scene.untilFile('web.yaml', '/web:1.1.0');
  await scene.person.pull();
  await scene.person.revertAndPush(await scene.person.head());
  await scene.untilImage('the revert to be seen', 'web', ({ held }) => held.includes('1.1.0'));
  await registry.deleteTag('web', '1.3.0');

  const told = await untilTold(scene, '1.3.0 to be missed', (tags) => tags.get('1.3.0')?.standing === 'deleted');
  const expected: Readonly<Record<string, RegExp>> = {
    '2.0.0': /^not-admitted It is outside of semver:<2\.$/,
    '1.4.0-rc.1': /^not-admitted It is a pre-release, which semver:<2 does not let in\.$/,
    '1.3.0': /^deleted The registry no longer lists it since 20\d\d-.+Z\.$/,
    '1.2.0': /^too-young It is not 24h old until 20\d\d-.+Z\.$/,
    '1.1.0':
      /^held It is held because \S.* went back from 1\.1\.0 to 1\.0\.0 at \S+ \(commit [0-9a-f]{7}\); `weaveflux release explained:deployment\/web --container app --tag 1\.1\.0` takes it\.$/,
    '1.0.0': /^current It is in the file\.$/,
    '0.9.0': /^older It is older than 1\.0\.0 in the file\.$/,
    main: /^not-admitted It is no version\.$/,
    latest: /^not-admitted It takes part only with exactly glob:latest\.$/,
  };
  assert.deepEqual([...told.keys()], Object.keys(expected), 'newest first');
  for (const [tag, sentence] of Object.entries(expected)) {
    assert.match(`${told.get(tag)?.standing} ${told.get(tag)?.reason}`, sentence);
  }
  assert.equal(told.get('1.1.0')?.hold?.commit, (await scene.repository.git(['rev-parse', 'main'])).trim());
});

test('the command tells it below the decision, with the line where the policy is written and what the registry has', async () => {
  const { registry } = images;
  const dated = (tag: string, index: number) => ({ tag, created: `${OLD}${index + 1}T00:00:00Z` });
  await registry.pushTags('glob', ['main-1', 'main-2', 'dev-3'].map(dated));
  const annotations = policies({ app: 'glob:main-*' });
  const text = workload('web', { annotations, containers: { app: `${registry.host}/glob:main-1` } });
  await using scene = await images.scene('told', { 'web.yaml': text });
  await scene.untilFile('web.yaml', '/glob:main-2');
  const isReleased = ({ state, tag }: ImageStatus) => state === 'current' && tag === 'main-2';
  await scene.untilImage('the release to be delivered', 'web', isReleased);
  const { code, text: shown } = await scene.command('images', '--explain', 'deployment/web');
  assert.equal(code, 0, shown);
  const line = text.split('\n').findIndex((it) => it.includes('weaveflux.dev/tag.app')) + 1;
  const lines = [
    /^told:deployment\/web app {2}current$/m,
    /^Why +main-2 is the newest that its policy admits\.$/m,
    new RegExp(`^Policy +glob:main-\\* \\(web\\.yaml:${line}\\)$`, 'm'),
    /^Scanned +\d+s ago$/m,
    /^main-2 +\d+d +current .*\nmain-1 +\d+d +older .*\ndev-3 +not-admitted +It does not fit glob:main-\*\.\n/m,
  ];
  for (const pattern of lines) assert.match(shown, pattern);

  const cut = await scene.command('images', '--explain', 'told:deployment/web', '-c', 'app', '-l', '1');
  assert.match(cut.text, /^… and 2 more; --all shows them$/m);
  const asked = await scene.command('images', '--explain', 'web', '--tag', 'main-9', '-o', 'json');
  assert.deepEqual(JSON.parse(asked.text)[0].tags, [
    { tag: 'main-9', standing: 'not-listed', reason: 'The registry does not list it.' },
  ]);
  const wrong = await scene.command('images', '--explain', 'web', '-c', 'side');
  assert.equal(wrong.code, 1);
  assert.match(wrong.text, /told:deployment\/web has no image "side"; its images are of: app/);

  const pin = await scene.command('pin', 'web', '--reason', 'audit');
  assert.equal(pin.code, 0, pin.text);
  await scene.untilImage('the pin', 'web', ({ state }) => state === 'pinned');
  const pinned = await scene.command('images', '--explain', 'web');
  assert.match(pinned.text, /^Pinned +by Ann <ann@x\.io> \d+[sm] ago \([0-9a-f]{7} /m);
  const listed = await scene.command('images');
  assert.match(listed.text, /^ {2}pinned by Ann <ann@x\.io> \d+[sm] ago \([0-9a-f]{7}\)$/m);
  assert.equal((await scene.command('unpin', 'web')).code, 0);
  await scene.untilImage('the end of the pin', 'web', ({ state }) => state === 'current');

  using _fault = registry.fault({ match: /glob/, status: 500 });
  await scene.untilImage('the registry to fail', 'web', ({ problem }) => problem !== undefined);
  const failing = await scene.command('images', '--explain', 'web');
  assert.match(failing.text, /^error: .+500/m);
  assert.match(failing.text, /^main-1 /m, 'what is known is told all the same');
});

test('a tag without an image for the platform that is asked for is passed over, and said to be', async () => {
  const { registry } = images;
  const created = `${OLD}1T00:00:00Z`;
  await registry.pushTags('platforms', [
    { tag: '1.0.0', created, platforms: ['linux/arm64'] },
    { tag: '1.1.0', created, platforms: ['linux/amd64', 'linux/arm64/v8'] },
    { tag: '1.2.0', created, platforms: ['linux/amd64', 'windows/amd64'] },
    { tag: '1.3.0', created, platforms: ['linux/amd64'] },
  ]);
  const annotations = { ...policies({ app: 'semver:*' }), 'weaveflux.dev/platform.app': 'linux/arm64' };
  const text = workload('web', { annotations, containers: { app: `${registry.host}/platforms:1.0.0` } });
  await using scene = await images.scene('platforms', { 'web.yaml': text });
  await scene.untilFile('web.yaml', '/platforms:1.1.0');
  const told = await untilTold(scene, 'the release', (tags) => tags.get('1.1.0')?.standing === 'current');
  assert.deepEqual([...told].map(([tag, { standing, reason }]) => `${tag} ${standing} ${reason}`).slice(0, 2), [
    '1.3.0 wrong-platform It has no image for linux/arm64; it has for linux/amd64.',
    '1.2.0 wrong-platform It has no image for linux/arm64; it has for linux/amd64, windows/amd64.',
  ]);

  const reads = () => registry.requests.filter(({ path }) => path.includes('/platforms/manifests/')).length;
  const before = reads();
  await scene.restart();
  const { scannedAt } = await scene.untilImage('the first scan', 'web', (image) => image.state === 'current');
  await scene.untilImage('a scan more', 'web', (image) => image.scannedAt !== scannedAt);
  assert.equal(reads(), before, 'what was read once is stored');
});

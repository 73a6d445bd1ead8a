import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type RecordedRequest, type Recorder, startRecorder, waitFor } from '../rig/index.ts';
import { type ImageWorld, policies, startImageWorld, workload } from './images-support.ts';

const BRANCH = 'weaveflux/images';
const TOKEN = 'tok3n-of-the-forge';
let images: ImageWorld;
before(async () => {
  images = await startImageWorld();
});
after(() => images[Symbol.asyncDispose]());

/** One pull request, kept as the documented API of Gitea tells of it. */
interface Pull {
  title: string;
  body: string;
  state: string;
}

/** A host with at most one pull request. */
async function startHost(): Promise<{ host: Recorder; pull: () => Pull | undefined }> {
  let pull: Pull | undefined;
  const shown = () => ({
    ...pull,
    number: 1,
    html_url: 'https://git.example/team/shop/pulls/1',
    merged: false,
    head: { ref: BRANCH },
    base: { ref: 'main' },
  });
  const host = await startRecorder(({ method, path, body }: RecordedRequest) => {
    const sent = body as Partial<Pull>;
    if (method === 'POST') pull = { title: '', body: '', state: 'open', ...sent };
    if (method === 'PATCH' && pull !== undefined) pull = { ...pull, ...sent };
    const wanted = new URL(path, 'http://x').searchParams.get('state');
    if (method !== 'GET') return { status: method === 'POST' ? 201 : 200, body: shown() };
    return { status: 200, body: pull?.state === wanted ? [shown()] : [] };
  });
  return { host, pull: () => pull };
}

test('a pull request follows the branch: it is opened, told of, changed and closed', async () => {
  const { registry, world } = images;
  await registry.pushTags('web', ['1', '2']);
  const { host, pull } = await startHost();
  await using _ = host;
  const text = workload('web', {
    annotations: policies({ app: 'numerical:' }),
    containers: { app: `${registry.host}/web:1` },
  });
  const settings = `images: { write: { branch: ${BRANCH} } }\n`;
  const repository = await world.git.createRepository('team/shop', { '.weaveflux.yaml': settings, 'web.yaml': text });
  const file = join(world.dir, 'forge-token');
  writeFileSync(file, `${TOKEN}\n`);
  await using scene = await images.scene(
    'requests',
    {},
    {
      'git-url': repository.url.replace('https://', `https://${world.git.user}:${world.git.token}@`),
      forge: 'gitea',
      'forge-url': `${host.url}/api/v1`,
      'forge-token-file': file,
    },
  );
  const seen = await scene.untilImage('the request', 'web', ({ proposed }) => proposed?.url !== undefined);
  assert.equal(seen.reason, '2 is proposed: merge https://git.example/team/shop/pulls/1 to release it.');
  assert.deepEqual([pull()?.title, pull()?.state], ['Release web:2', 'open']);
  const created = host.requests.find(({ method }) => method === 'POST');
  assert.equal(created?.path, '/api/v1/repos/team/shop/pulls');
  assert.equal(created?.headers.authorization, `token ${TOKEN}`);

  await registry.pushImage('web', { tag: '3' });
  await until('the request to tell of the newer tag', () => {
    const { title, body } = pull() ?? {};
    return title === 'Release web:3' && body?.includes('| `1` | `3` | `numerical:` |') === true;
  });

  const person = await world.git.checkout(repository);
  await person.write({ 'web.yaml': text.replace('/web:1 ', '/web:3 ') });
  await person.commitAndPush('By hand');
  await until('the request to be closed', () => pull()?.state === 'closed');
  await scene.untilImage('the release', 'web', ({ tag, proposed }) => tag === '3' && proposed === undefined);
  assert.equal(host.requests.filter(({ method }) => method === 'POST').length, 1);
  assert.ok(!JSON.stringify(scene.running.events).includes(TOKEN));
});

test('a host that refuses the token keeps no branch from being made, and the status says so', async () => {
  const { registry, world } = images;
  await registry.pushTags('app', ['1', '2']);
  await using host = await startRecorder(() => ({ status: 401, body: { message: 'no' } }));
  const text = workload('app', {
    annotations: policies({ app: 'numerical:' }),
    containers: { app: `${registry.host}/app:1` },
  });
  const settings = `images: { write: { branch: ${BRANCH} } }\n`;
  const repository = await world.git.createRepository('team/other', { '.weaveflux.yaml': settings, 'app.yaml': text });
  const file = join(world.dir, 'bad-token');
  writeFileSync(file, TOKEN);
  await using scene = await images.scene(
    'refused',
    {},
    {
      'git-url': repository.url.replace('https://', `https://${world.git.user}:${world.git.token}@`),
      forge: 'github',
      'forge-url': host.url,
      'forge-token-file': file,
    },
  );
  const seen = await scene.untilImage('the branch', 'app', ({ proposed }) => proposed !== undefined);
  assert.deepEqual([seen.proposed?.branch, seen.proposed?.url], [BRANCH, undefined]);
  const problem = /refuses the token of --forge-token-file \(401\)/;
  await scene.running.until('the problem', ({ sync }) => sync.problems.some(({ message }) => problem.test(message)));
  await scene.running.event('the problem', ({ message }) => problem.test(message));
  assert.match(await repository.read('app.yaml', BRANCH), /\/app:2 /);
});

async function until(what: string, look: () => boolean): Promise<void> {
  await waitFor({ what, deadline: 45_000, interval: 100 }, async () => look() || undefined);
}

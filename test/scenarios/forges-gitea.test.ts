import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { type Gitea, type GiteaPull, startGitea, waitFor } from '../rig/index.ts';
import { untilObject } from '../support/world.ts';
import { type ImageScene, type ImageWorld, policies, startImageWorld, workload } from './images-support.ts';

const BRANCH = 'weaveflux/images';
const SETTINGS = `images: { write: { branch: ${BRANCH} } }\n`;

let images: ImageWorld;
let gitea: Gitea;

describe('pull requests at a real Gitea', { concurrency: false }, () => {
  before(async () => {
    [images, gitea] = await Promise.all([startImageWorld(), startGitea()]);
  });
  after(async () => {
    await Promise.all([images?.[Symbol.asyncDispose](), gitea?.stop()]);
  });

  test('one is opened, and brought up to date in place when a newer tag comes', async () => {
    await using flow = await startFlow('updated');
    const row = /\| `updated:deployment\/updated app` \| `\S+\/updated` \| `1` \| `2` \| `numerical:` \|/;
    await flow.untilPulls('the request', [{ title: 'Release updated:2', body: row, state: 'open' }]);
    const page = `${gitea.url}/rig/updated/pulls/1`;
    const seen = await flow.scene.untilImage('the page', 'updated', ({ proposed }) => proposed?.url === page);
    assert.equal(seen.reason, `2 is proposed: merge ${page} to release it.`);
    await images.registry.pushImage('updated', { tag: '3' });
    await flow.untilPulls('the newer tag', [{ title: 'Release updated:3', body: /\| `1` \| `3` \|/, state: 'open' }]);
    assert.match(await flow.repository.read('web.yaml', BRANCH), /\/updated:3 /);
    assert.match(await flow.repository.read('web.yaml'), /\/updated:1 /);
  });

  test('one that is obsolete is closed, and its branch goes', async () => {
    await using flow = await startFlow('obsolete');
    await flow.untilPulls('the request', [{ state: 'open' }]);
    await flow.person.pull();
    await flow.person.write({ 'web.yaml': web('obsolete').replace('/obsolete:1 ', '/obsolete:2 ') });
    await flow.person.commitAndPush('By hand');
    const withdrawn = { body: /no longer proposes this/, state: 'closed', merged: false } as const;
    await flow.untilPulls('it to be closed', [withdrawn]);
    await flow.untilNoBranch();
  });

  test('one that a person closed stays closed, also for an agent that starts and without its branch, until a newer tag comes', async () => {
    await using flow = await startFlow('closed');
    await flow.untilPulls('the request', [{ state: 'open' }]);
    await gitea.closePull(flow.repository, 1);
    await gitea.deleteBranch(flow.repository, BRANCH);
    await flow.scene.restart();
    const proposed = await flow.scene.untilImage('the branch again', 'closed', (image) => image.proposed !== undefined);
    assert.equal(proposed.proposed?.url, undefined);
    await flow.untilPulls('nothing new', [{ state: 'closed' }]);
    await images.registry.pushImage('closed', { tag: '3' });
    await flow.untilPulls('another one', [
      { title: 'Release closed:2', state: 'closed' },
      { title: 'Release closed:3', state: 'open' },
    ]);
  });

  for (const style of ['merge', 'squash', 'rebase'] as const) {
    test(`what is merged (${style}) is delivered, its branch goes, and no other request comes`, async () => {
      const name = `by-${style}`;
      await using flow = await startFlow(name);
      await flow.untilPulls('the request', [{ state: 'open' }]);
      await gitea.mergePull(flow.repository, 1, style);
      await flow.scene.untilImage('the release', name, ({ tag, proposed }) => tag === '2' && proposed === undefined);
      await flow.untilNoBranch();
      const path = `/apis/apps/v1/namespaces/${name}/deployments/${name}`;
      await untilObject(images.world.cluster, path, 'the released image to be live', (live) =>
        JSON.stringify(live?.spec ?? '').includes(`/${name}:2"`),
      );
      await flow.untilPulls('one that is merged', [{ state: 'closed', merged: true }]);
    });
  }
});

type Flow = AsyncDisposable &
  Awaited<ReturnType<Gitea['createRepository']>> & {
    readonly scene: ImageScene;
    /** Waits until the repository has just these requests, the oldest first. */
    untilPulls(what: string, expected: readonly ExpectedPull[]): Promise<void>;
    untilNoBranch(): Promise<void>;
  };

/** What is said of a request: Gitea changes its title, its body and its state one after the other. */
type ExpectedPull = Partial<Omit<GiteaPull, 'body'>> & { readonly body?: RegExp };

function matches(pull: GiteaPull, { body = /(?:)/, ...exact }: ExpectedPull = {}): boolean {
  return body.test(pull.body) && isDeepStrictEqual(pull, { ...pull, ...exact });
}

/** A repository at Gitea with one workload of a tag that is behind, and an agent that proposes. */
async function startFlow(name: string): Promise<Flow> {
  await images.registry.pushTags(name, ['1', '2']);
  const made = await gitea.createRepository(name, { '.weaveflux.yaml': SETTINGS, 'web.yaml': web(name) });
  const { repository } = made;
  const file = join(images.world.dir, `token of ${name}`);
  writeFileSync(file, `${gitea.token}\n`);
  const flags = {
    'git-url': repository.url.replace('http://', `http://${gitea.user}:${gitea.token}@`),
    forge: 'gitea',
    'forge-url': `${gitea.url}/api/v1`,
    'forge-token-file': file,
  };
  const scene = await images.scene(name, {}, flags);
  const said = () => scene.running.process.tail(5);
  return {
    ...made,
    scene,
    async untilPulls(what, expected) {
      await waitFor({ what, deadline: 60_000, interval: 200 }, async () => {
        const pulls = await gitea.pulls(repository);
        if (pulls.length === expected.length && pulls.every((pull, at) => matches(pull, expected[at]))) return true;
        throw new Error(`${JSON.stringify(pulls)}\n${said()}`);
      });
    },
    async untilNoBranch() {
      await waitFor({ what: 'the branch to be gone', deadline: 60_000, interval: 200 }, async () => {
        if ((await repository.git(['branch', '--list', BRANCH])) === '') return true;
        throw new Error(said());
      });
    },
    [Symbol.asyncDispose]: () => scene[Symbol.asyncDispose](),
  };
}

function web(name: string): string {
  const containers = { app: `${images.registry.host}/${name}:1` };
  return workload(name, { annotations: policies({ app: 'numerical:' }), containers });
}

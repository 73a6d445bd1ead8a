import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { ImageStatus } from '@weaveflux/shared';
import { freePort, temporaryDirectory } from '../rig/index.ts';
import { type ImageScene, type ImageWorld, policies, startImageWorld, workload } from './images-support.ts';

const SECRET = 'a-secret-of-hooks';

/** What is pushed is released because somebody says so: the agent looks by itself once an hour only. */
for (const kind of ['docker-registry', 'distribution'] as const) {
  describe(`told of a push by ${kind}`, { concurrency: false }, () => {
    let images: ImageWorld;
    let scene: ImageScene;

    before(async () => {
      const port = await freePort();
      images = await startImageWorld({
        kind,
        users: {},
        notifications: { url: `http://127.0.0.1:${port}/hooks/registry`, authorization: `Bearer ${SECRET}` },
      });
      const { registry } = images;
      const annotations = policies({ app: 'semver:~1' });
      const secretFile = join(temporaryDirectory('hooks'), 'secret');
      await writeFile(secretFile, `${SECRET}\n`);
      scene = await images.scene(
        'hooks',
        {
          'cart.yaml': workload('cart', { annotations, containers: { app: `${registry.host}/shop/cart:1.0.0` } }),
          'search.yaml': workload('search', { annotations, containers: { app: `${registry.host}/shop/search:1.0.0` } }),
        },
        { 'automation-interval': '1h', 'listen-metrics': `127.0.0.1:${port}`, 'hook-secret-file': secretFile },
      );
      // The last one may be looked at once more when the tests begin: the first of them is about just that.
      for (const name of ['search', 'cart']) {
        // The agent hears of it at once, and not from a registry that tries again in the middle of a test.
        await registry.pushTags(`shop/${name}`, ['1.0.0']);
        await scene.untilImage('the first tag', name, ({ available }) => available.length === 1);
      }
    });
    after(async () => {
      await scene?.[Symbol.asyncDispose]();
      await images?.[Symbol.asyncDispose]();
    });

    async function notify(body: unknown): Promise<unknown> {
      const url = `${scene.running.metricsUrl.replace(/\/metrics$/, '')}/api/v1/notify`;
      return send(url, { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
    }

    /** As Flux v1's client does: to where its API is, without a type. */
    async function notifyAsFlux(body: unknown): Promise<unknown> {
      const { url } = JSON.parse(await readFile(scene.running.file, 'utf8'));
      return send(`${url}/api/flux/v11/notify`, { body: Buffer.from(JSON.stringify(body)) });
    }

    async function send(url: string, message: RequestInit): Promise<unknown> {
      const response = await fetch(url, { method: 'POST', ...message });
      assert.equal(response.status, 202, await response.clone().text());
      return response.json();
    }

    test('the registry’s own notification of a push releases it; no other repository is asked', async () => {
      images.registry.requests.length = 0;
      await images.registry.pushTags('shop/cart', ['1.1.0']);
      await scene.untilFile('cart.yaml', '/shop/cart:1.1.0');
      const listed = images.registry.requests.filter(({ path }) => path.includes('/tags/list'));
      assert.deepEqual([...new Set(listed.map(({ path }) => path.split('/tags/')[0]))], ['/v2/shop/cart']);
    });

    test('CI tells of an image, and is told what is looked up', async () => {
      const { host } = images.registry;
      // The registry has told of it already: a second message costs nothing but a look.
      await images.registry.pushTags('shop/search', ['1.2.0']);
      const looked = await notify({ images: [`${host}/shop/search:1.2.0`, 'ghcr.io/nobody/here'] });
      assert.deepEqual(looked, { images: [`${host}/shop/search`], git: false });
      await scene.untilFile('search.yaml', '/shop/search:1.2.0');
    });

    test('what is said is looked up, not believed: a tag that is not there is not released', async () => {
      const { host } = images.registry;
      const isReleased = ({ tag }: ImageStatus) => tag === '1.1.0';
      const before = await scene.untilImage('the release before', 'cart', isReleased);
      const lie = { Kind: 'image', Source: { Name: { Domain: host, Image: 'shop/cart' } } };
      await notifyAsFlux(lie);
      await scene.untilImage('the look', 'cart', ({ scannedAt }) => scannedAt !== before.scannedAt);
      assert.match(await scene.repository.read('cart.yaml'), /shop\/cart:1\.1\.0/);
    });

    test('a hundred messages are a few looks', async () => {
      const { host } = images.registry;
      images.registry.requests.length = 0;
      const began = performance.now();
      await Promise.all(Array.from({ length: 100 }, () => notify({ images: [`${host}/shop/cart`] })));
      await images.registry.pushTags('shop/cart', ['1.3.0']);
      await scene.untilFile('cart.yaml', '/shop/cart:1.3.0');
      const looks = images.registry.requests.filter(({ path }) => path.startsWith('/v2/shop/cart/tags/list'));
      // However slowly the messages come: one look each half second.
      const most = 6 + (performance.now() - began) / 500;
      assert.ok(looks.length <= most, `${looks.length} looks, and not ${most} at most`);
    });
  });
}

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Workbench } from '../rig/index.ts';
import { waitFor } from '../rig/index.ts';
import { openEnvironments } from '../support/editor-scene.ts';
import { type EditorEnvironment, type EditorWorld, startEditorWorld } from '../support/editor-world.ts';
import { buildExtension } from '../support/extension-build.ts';
import { reportWindows } from '../support/window-report.ts';
import { policies, workload } from './images-support.ts';

/** What waits for approval, and how a person gives it without leaving the editor. */
describe('approving in the editor', { concurrency: false }, () => {
  let world: EditorWorld;
  let shop: EditorEnvironment;
  let workbench: Workbench;
  reportWindows(() => workbench);

  before(async () => {
    const [path] = await Promise.all([buildExtension(), startShop()]);
    workbench = await openEnvironments(world, [shop], { extension: { kind: 'development', path } });
    await workbench.openView('Weaveflux');
  });
  after(async () => {
    await workbench?.[Symbol.asyncDispose]();
    await world?.[Symbol.asyncDispose]();
  });

  /** Two workloads with something newer, whose releases a person approves. */
  async function startShop(): Promise<void> {
    world = await startEditorWorld();
    const names = ['cart', 'mail'];
    for (const name of names) await world.registry.pushTags(`shop/${name}`, ['1.0.0', '1.1.0']);
    const files = names.map((name) => [`apps/${name}.yaml`, textOf(name)] as const);
    const settings = 'images: { approval: [{ workloads: ["*:deployment/*"] }] }\n';
    shop = await world.environment('shop', { ...Object.fromEntries(files), '.weaveflux.yaml': settings });
  }

  function textOf(name: string): string {
    const image = `${world.registry.host}/shop/${name}:1.0.0`;
    return workload(name, { annotations: policies({ app: 'semver:~1' }), containers: { app: image } });
  }

  /** Waits for the commit that releases an image; gives its message. */
  async function untilReleased(name: string): Promise<string> {
    await waitFor({ what: `${name} to be released`, deadline: 60_000, interval: 200 }, async () =>
      (await shop.repository.read(`apps/${name}.yaml`)).includes(`shop/${name}:1.1.0`),
    );
    return shop.repository.git(['log', '-1', '--format=%B', 'main', '--', `apps/${name}.yaml`]);
  }

  test('the lens over the image says what waits, and a click on it has the agent commit just that', async () => {
    await workbench.openFile('apps/cart.yaml');
    await workbench.waitForLens(/1\.1\.0 waits for approval/);
    await (await workbench.waitForLens(/^Approve$/)).click();
    const message = await untilReleased('cart');
    assert.match(message, /^Release shop\/cart:1\.1\.0\n/);
    assert.match(
      message,
      /Weaveflux-Change: .* 1\.0\.0 -> 1\.1\.0 \(semver:~1\)\nWeaveflux-Approved-By: Ann Example <ann@example\.org>/,
    );
    assert.match(await shop.repository.read('apps/mail.yaml'), /mail:1\.0\.0/, 'nothing else is approved');
  });

  test('the view Updates lists what waits, and has the button beside it', async () => {
    await workbench.treeRow(/Waiting for approval/).waitFor();
    const row = workbench.treeRow(/mail.*1\.0\.0 → 1\.1\.0 · waits for approval/);
    // A row is drawn anew with the news of its environment, also under the mouse that presses its button.
    await waitFor({ what: 'what the button beside the row does', deadline: 60_000 }, async () => {
      if (await row.isVisible()) {
        await row.hover({ timeout: 5_000 });
        await row.getByRole('button', { name: 'Approve Release…' }).click({ timeout: 5_000 });
      }
      await row.waitFor({ state: 'detached', timeout: 10_000 });
      return true;
    });
    assert.match(await untilReleased('mail'), /Weaveflux-Approved-By: Ann Example/);
  });
});

import assert from 'node:assert/strict';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Locator } from 'playwright-core';
import {
  type ApiObject,
  type RigNode,
  startWorkbench,
  temporaryDirectory,
  type Workbench,
  waitFor,
} from '../rig/index.ts';
import { untilEdited } from '../support/editor-scene.ts';
import { packExtension } from '../support/extension-build.ts';
import { type NodeWorld, startNodeWorld } from '../support/node-world.ts';
import { reportWindows } from '../support/window-report.ts';
import { workload } from './images-support.ts';
import {
  bindRole,
  createPerson,
  createRequestAudit,
  type NodePerson,
  type RequestAudit,
} from './node-editor-support.ts';

const FILE = 'shop/cart.yaml';
const ANN = { name: 'Ann Example', email: 'ann@example.org' };
const BOB = { name: 'Bob Example', email: 'bob@example.org' };
/** All that the cluster is asked for, whether one reads or acts. */
const ASKED = ['create serviceaccounts/token', 'get leases', 'get pods/portforward', 'list pods'];

function files({ registry }: RigNode) {
  const cart = workload('cart', {
    annotations: { 'weaveflux.dev/tag.app': 'semver:~1' },
    containers: { app: `${registry.host}/shop/cart:1.0.0` },
    pod: { imagePullSecrets: [{ name: 'registry' }] },
  });
  return {
    [FILE]: cart.replace('  name: cart\n', '  name: cart\n  namespace: shop\n').replace('replicas: 0', 'replicas: 1'),
  };
}

/** The packed extension in a real workbench, and the agent in its pod: what people see and do, each with their own login. */
describe('the editor and the agent in its pod on a real node', { concurrency: false }, () => {
  let audit: RequestAudit;
  let world: NodeWorld;
  let node: RigNode;
  let vsix: string;
  let ann: NodePerson;
  let bob: NodePerson;
  let window: Workbench | undefined;
  reportWindows(() => window);
  /** Of the windows that were closed. */
  const logs: string[] = [];
  /** Kubeconfigs as they were made, by path. */
  const kubeconfigs = new Map<string, string>();

  before(async () => {
    audit = await createRequestAudit(['ann', 'bob']);
    [world, vsix] = await Promise.all([startNodeWorld(files, { apiServerFlags: audit.flags }), packExtension()]);
    node = world.node;
    for (const tag of ['1.0.0', '1.1.0']) await node.pushApp('shop/cart', tag);
    await node.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
    await node.createPullSecret('shop');
    await world.prepare();
    await world.apply(await world.oneFile(['--unautomated-scan-interval=2s']));
    [ann, bob] = await Promise.all([createPerson(world, 'ann', ANN), createPerson(world, 'bob', BOB)]);
    for (const { kubeconfig } of [ann, bob]) kubeconfigs.set(kubeconfig, await readFile(kubeconfig, 'utf8'));
    await bindRole(world, 'bob', 'weaveflux-operate');
    await world.healthy();
  });
  after(async () => {
    await window?.[Symbol.asyncDispose]();
    await world?.[Symbol.asyncDispose]();
  });

  /** A window on a person's machine, where no agent runs. */
  async function open(
    { dir }: NodePerson,
    env: Readonly<Record<string, string>>,
    settings: Readonly<Record<string, unknown>> = {},
  ): Promise<Workbench> {
    const home = join(temporaryDirectory('person'), 'home');
    await mkdir(home);
    window = await startWorkbench({
      folders: [dir],
      extension: { kind: 'vsix', file: vsix },
      settings: { 'weaveflux.release.mode': 'agent', ...settings },
      env: { HOME: home, XDG_STATE_HOME: join(home, 'state'), ...env },
    });
    return window;
  }

  async function close(): Promise<void> {
    logs.push((await window?.hostLog()) ?? '');
    await window?.[Symbol.asyncDispose]();
    window = undefined;
  }

  function shown(): Workbench {
    return window ?? assert.fail('no window is open');
  }

  const button = (name: string): Locator => shown().page.getByRole('button', { name, exact: true }).first();
  /** What a lens says that cannot be clicked. */
  const words = (text: string): Locator => shown().page.locator('.codelens-decoration', { hasText: text }).first();
  const statusItem = (words: RegExp): Locator =>
    shown().page.locator('.statusbar-item[id*="weaveflux.status"]').getByRole('button', { name: words });

  async function head(): Promise<string> {
    return (await world.repository.head()).slice(0, 7);
  }

  async function untilCommitted(tag: string): Promise<string> {
    return waitFor({ what: `${tag} to be committed`, deadline: 120_000, interval: 100 }, async () =>
      (await world.repository.read(FILE)).includes(`:${tag} `) ? world.repository.head() : undefined,
    );
  }

  /** What the pods of cart answer, once they are of this tag. */
  async function cartAnswers(tag: string): Promise<void> {
    await waitFor({ what: `pods of cart:${tag}`, deadline: 120_000, interval: 200 }, async () => {
      const pods: ApiObject[] = (await node.get('/api/v1/namespaces/shop/pods?labelSelector=app=cart')).items;
      const [pod] = pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
      const answer = await fetch(`http://${pod?.status.podIP}:8080/`);
      return (await answer.text()) === `shop/cart:${tag}\n`;
    });
  }

  test('who has no role learns which to ask for, and no other way is tried', async () => {
    const editor = await open(ann, { KUBECONFIG: ann.kubeconfig });
    await editor.openView('Weaveflux');
    await button('Show What Is Missing').click();
    const missing = /You may not list pods in namespace weaveflux: ask for the role weaveflux-view there\./;
    await editor.notified(missing);
    assert.deepEqual(await audit.asked('ann'), ['list pods']);
  });

  test('with weaveflux-view one is connected at the next look, sees all, and learns what releasing takes', async () => {
    const editor = shown();
    await bindRole(world, 'ann', 'weaveflux-view');
    const row = editor.treeRow(await head());
    await waitFor({ what: 'the agent to be found', deadline: 120_000 }, async () => {
      const reconnect = button('Reconnect');
      if (await reconnect.isVisible()) await reconnect.click({ timeout: 2_000 });
      await row.waitFor({ timeout: 5_000 });
      return true;
    });
    await statusItem(/default: healthy at [0-9a-f]{7}, 1 update/).waitFor();
    await editor.openFile('cart.yaml');
    await editor.waitForLens(/healthy 1\/1/);
    await editor.waitForLens(/1\.0\.0 runs · 1\.1\.0 available/);
    await words('Release… (no permission)').waitFor();
    await editor.page.locator('.view-line', { hasText: 'image:' }).click();
    await editor.command('Weaveflux: Release…');
    await editor.quickPick.choose('1.1.0');
    const refusal =
      /^(?=.*You may not create a token of weaveflux-operator in namespace weaveflux: ask for the role weaveflux-operate there\.)(?=.*Edit the File Instead)/s;
    await editor.notified(refusal);
    assert.match(await editor.editorText(), /shop\/cart:1\.0\.0/);
    assert.deepEqual(await audit.asked('ann'), ASKED);
  });

  test('who may push releases by the file all the same', async () => {
    const editor = shown();
    await editor.inHost(`await vscode.workspace.getConfiguration('weaveflux').update('release.mode', 'edit', true)`);
    await (await editor.waitForLens(/^Release 1\.1\.0…/)).click();
    await editor.quickPick.choose('1.1.0');
    await untilEdited(editor, 'shop/cart:1.1.0');
    await editor.answer(/edited, not yet committed/, 'Commit and Push');
    const revision = await untilCommitted('1.1.0');
    await world.healthy(revision);
    await statusItem(new RegExp(`default: healthy at ${revision.slice(0, 7)}`)).waitFor();
    await cartAnswers('1.1.0');
    await close();
  });

  test('with weaveflux-operate the agent releases in one’s name, and Activity tells of it', async () => {
    await bob.pull();
    await node.pushApp('shop/cart', '1.2.0');
    const editor = await open(bob, {}, { 'weaveflux.kubernetes.kubeconfig': bob.kubeconfig });
    await editor.openFile('cart.yaml');
    await editor.waitForLens(/healthy 1\/1/);
    await (await editor.waitForLens(/^Release 1\.2\.0 by the agent…/)).click();
    await editor.quickPick.choose('1.2.0');
    await editor.notified(/Commit [0-9a-f]{7}: /);
    const revision = await untilCommitted('1.2.0');
    const said = await world.repository.git(['log', '-1', '--format=%(trailers:key=Weaveflux-Requested-By,valueonly)']);
    assert.equal(said.trim(), `${BOB.name} <${BOB.email}>`);
    await world.healthy(revision);
    await cartAnswers('1.2.0');
    await editor.openView('Weaveflux');
    await editor.command('Weaveflux: Focus on Activity View');
    await editor.treeRow('Released cart').waitFor();
    await editor.treeRow(`${revision.slice(0, 7)} is healthy`).waitFor();
    await statusItem(new RegExp(`default: healthy at ${revision.slice(0, 7)}`)).waitFor();
    assert.deepEqual(await audit.asked('bob'), ASKED);
  });

  test('an agent whose pod is gone is lost, what was known stays, and the next pod is found by itself', async () => {
    const editor = shown();
    await bob.pull();
    await editor.waitForLens(/healthy 1\/1 · synced/);
    const [pod] = await world.pods();
    const name: string = pod?.metadata.name;
    // Until then no other pod runs.
    await node.kubectl(['cordon', node.name]);
    await world.kubectl('delete', 'pod', name);
    await statusItem(/default: connection lost: .* the pod waits for a node/).waitFor();
    await editor.waitForLens(/healthy 1\/1 · .*last known/);
    await node.kubectl(['uncordon', node.name]);
    await world.readyPod([name]);
    await statusItem(/default: healthy/).waitFor({ timeout: 90_000 });
    await node.pushApp('shop/cart', '1.3.0');
    await editor.waitForLens(/^Release 1\.3\.0 by the agent…/);
    await close();
  });

  test('no kubeconfig is written, and no login is in any log', async () => {
    for (const [file, text] of kubeconfigs) assert.equal(await readFile(file, 'utf8'), text);
    const log = logs.join('\n');
    assert.match(log, /connected to default in namespace weaveflux of context rig/);
    assert.doesNotMatch(log, /eyJ[\w-]+\.[\w-]+\./);
    for (const text of kubeconfigs.values()) {
      const [, secret] =
        /"(?:token|client-key-data)": "([^"]+)"/.exec(text) ?? assert.fail('the kubeconfig has a login');
      assert.ok(!log.includes(secret ?? ''));
    }
  });
});

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Workbench, waitFor } from '../rig/index.ts';
import { type Keyboard, keyboardOf } from '../support/editor-keyboard.ts';
import { untilCommitted, untilEdited } from '../support/editor-scene.ts';
import { type EditorShop, shopDeployment, startEditorShop } from '../support/editor-shop.ts';
import { focusInWebview, reachableInWebview } from '../support/editor-webview.ts';
import type { EditorEnvironment } from '../support/editor-world.ts';
import { reportWindows } from '../support/window-report.ts';

/** Nothing here touches a mouse: what a person can do, the keyboard reaches. */
describe('with the keyboard alone', { concurrency: false }, () => {
  let shop: EditorShop;
  let environment: EditorEnvironment;
  let workbench: Workbench;
  reportWindows(() => workbench);
  let keys: Keyboard;

  before(async () => {
    shop = await startEditorShop(SERVICES, (registry) =>
      Object.fromEntries(SERVICES.map((name) => [`${name}.yaml`, deployment(name, registry)])),
    );
    ({ environment, workbench } = shop);
    keys = keyboardOf(workbench);
  });
  after(async () => {
    await shop?.[Symbol.asyncDispose]();
  });

  /** Where the cursor is; the page may show an editor a moment before the host knows of it. */
  const cursor = () =>
    waitFor({ what: 'an editor in the host', deadline: 60_000 }, () =>
      workbench.inHost<[file: string, line: number] | undefined>(`
        const editor = vscode.window.activeTextEditor;
        return editor && [editor.document.uri.path.split('/').at(-1), editor.selection.active.line + 1];`),
    );

  async function untilCursor(file: string, line: number): Promise<void> {
    await waitFor({ what: `the cursor in ${file}:${line}`, deadline: 60_000 }, async () => {
      const at = (await cursor()).join(':');
      if (at === `${file}:${line}`) return true;
      throw new Error(`it is in ${at}`);
    });
  }

  async function openDashboard(): Promise<void> {
    await keys.run('Weaveflux: Open Dashboard');
    await workbench.webview().getByTestId('services-grid').waitFor();
    await waitFor({ what: 'the focus in the dashboard', deadline: 60_000 }, async () => {
      return (await focusInWebview(workbench)).what !== 'elsewhere';
    });
  }

  /** Presses a key until this part of the dashboard has the focus, and is seen to; without a key it waits. Gives the part. */
  async function reach(part: string | RegExp, key?: string): Promise<string> {
    const passed: string[] = [];
    return waitFor({ what: `the focus on ${part}`, deadline: 60_000, interval: 20 }, async () => {
      const { what, isSeen } = await focusInWebview(workbench);
      passed.push(`${what}${isSeen ? '' : ' (unseen)'}`);
      const isIt = typeof part === 'string' ? what === part : part.test(what);
      if (isIt && isSeen) return what;
      // A ring that is not drawn yet is waited for: the next key would leave what was looked for.
      if (!isIt && key !== undefined) await keys.press(key);
      throw new Error(`it passed ${[...new Set(passed)].join(', ')}`);
    });
  }

  test('rows are walked by arrow keys, say in words how they stand, and Enter opens their line', async () => {
    await keys.run('View: Show Weaveflux');
    await workbench.treeRow(/^cart.*→ 1\.4\.2/).waitFor();
    await keys.run('Weaveflux: Focus on Environments View');
    await keys.untilFocus('Environments');
    await keys.goTo(/^Revision/);
    // What VS Code's Git and the agent know of a row may come after it.
    await keys.untilFocus(/^Revision \w{7} First files is applied, Healthy$/);
    await keys.goTo(/^Workloads, 4$/);
    await keys.goTo(/^shop:deployment\/cart,/);
    await keys.untilFocus(
      /^shop:deployment\/cart,.* Healthy, 1 of 1 replica ready, 1\.4\.1 runs, available is 1\.4\.2/,
    );
    await keys.press('ArrowRight');
    await workbench.page.getByRole('treeitem', { name: /^container cart of/ }).waitFor();
    await keys.press('ArrowRight');
    await keys.untilFocus(/^container cart of shop:deployment\/cart,.*1\.4\.1 runs, available is 1\.4\.2/);
    await keys.press('Enter');
    await keys.untilFocus(/^cart\.yaml/);
    await untilCursor('cart.yaml', IMAGE_LINE);
  });

  test('an image is released from its line, and the commit that is offered is made and pushed', async () => {
    const before = await environment.repository.head();
    await keys.open('cart.yaml', IMAGE_LINE);
    await keys.act(/^Weaveflux: Release 1\.4\.2…/);
    await keys.pick('1.4.2', /1\.4\.2/);
    await untilEdited(workbench, 'shop/cart:1.4.2');
    await keys.answer(/Release shop\/cart:1\.4\.2 in shop: edited, not yet committed\./, 'Commit and Push');
    await environment.agent.healthy(await untilCommitted(environment, before), 60_000);
  });

  test('an image is pinned with a reason by the palette, and unpinned', async () => {
    await keys.open('checkout.yaml', IMAGE_LINE);
    await keys.run('Weaveflux: Pin…');
    await keys.answerBox('until the audit');
    await untilEdited(workbench, 'until the audit');
    await keys.open('checkout.yaml', IMAGE_LINE);
    await keys.run('Weaveflux: Unpin');
    await untilEdited(workbench, /^(?![\s\S]*audit)/);
    await keys.run('File: Revert File');
  });

  test('a mistake in a policy is gone to, told and mended', async () => {
    await keys.open('jobs.yaml', POLICY_LINE);
    await keys.press('End', 'Shift+Home');
    await keys.type('weaveflux.dev/tag.jobs: semvr:~1.4');
    const problem = workbench.page.locator('.marker-widget', { hasText: 'begins with "semvr:"' });
    await keys.until(problem, 'Control+Home', 'Alt+F8');
    await untilCursor('jobs.yaml', POLICY_LINE);
    await keys.act(/^Change it to semver:~1\.4/);
    await untilEdited(workbench, 'semver:~1.4');
    await keys.run('File: Revert File');
  });

  test('several updates are selected and released together', async () => {
    const before = await environment.repository.head();
    await keys.run('Weaveflux: Focus on Updates View');
    await keys.untilFocus('Updates');
    await keys.goTo(/^shop:deployment\/checkout checkout,/);
    await keys.untilFocus(/, Ready to release, 1\.4\.1 runs, available is 1\.4\.2, 1\.4\.2 is newer/);
    await keys.press('Control+Shift+Enter', 'Shift+ArrowDown');
    await keys.untilFocus(/^shop:deployment\/jobs jobs,/);
    await keys.menu('Release Updates…');
    await keys.answer(/Release 2 images in shop: edited, not yet committed\./, 'Commit and Push');
    await environment.agent.healthy(await untilCommitted(environment, before), 60_000);
    const texts = await Promise.all(['checkout', 'jobs'].map((name) => environment.repository.read(`${name}.yaml`)));
    assert.ok(texts.every((text) => text.includes(':1.4.2')));
  });

  test('what happened is filtered, and the filter cleared', async () => {
    const rows = workbench.page.locator('.part.sidebar .monaco-list[aria-label^="Activity"] .monaco-list-row');
    const started = rows.filter({ hasText: 'Agent started' });
    await started.waitFor();
    await keys.run('Weaveflux: Filter Activity…');
    await keys.untilFocus(/Words to search for/);
    await keys.press('ArrowDown');
    await keys.goTo(/^Delivery,/);
    await keys.press(' ', 'Enter');
    await started.waitFor({ state: 'hidden' });
    await keys.run('Weaveflux: Focus on Activity View');
    await keys.untilFocus('Activity');
    assert.match(await keys.goTo(/^Applied/), /^Applied \w{7}, .*\d{4}/);
    await keys.run('Weaveflux: Clear Activity Filter');
    await started.waitFor();
  });

  test('a workload is compared with the cluster', async () => {
    await keys.open('search.yaml', IMAGE_LINE);
    await keys.run('Weaveflux: Diff with Cluster');
    await waitFor({ what: 'the diff', deadline: 60_000 }, async () => {
      const label = await workbench.inHost<string>('return vscode.window.tabGroups.activeTabGroup.activeTab.label');
      return label === 'search: cluster ↔ working copy';
    });
  });

  test('the dashboard is walked by Tab and arrow keys: the focus shows, Enter acts, Escape closes what hovers', async () => {
    await openDashboard();
    await workbench.webview().getByTestId('mark-releases').first().waitFor();
    const popover = workbench.webview().locator('#popover');
    await reach('action-sync', 'Tab');
    await reach('services-filter', 'Tab');
    const first = await reach(/^service-/, 'Tab');
    await popover.getByText('Healthy').first().waitFor();
    await keys.press('Escape');
    await popover.waitFor({ state: 'hidden' });
    await keys.press('End');
    const last = await reach(new RegExp(`^service-(?!${first.slice('service-'.length)}$)`));
    await keys.press('F1');
    await workbench.page.locator('.quick-input-box input:focus').waitFor();
    await keys.press('Escape');
    await reach(last);
    await keys.menu('Show History');
    await workbench.page.locator('.quick-input-box input:focus').waitFor();
    await keys.press('Escape');
    await reach(last);
    for (const part of ['do-release', 'timeline-range-day', /^mark-/]) await reach(part, 'Tab');
    await reach(last, 'Shift+Tab');
    await keys.press('Enter');
    const name = last.slice(last.lastIndexOf('/') + 1);
    await waitFor({ what: `the file of ${name}`, deadline: 60_000 }, async () => {
      return (await cursor())[0] === `${name}.yaml`;
    });
  });

  test('all that the keyboard reaches has a name for screen readers, in the dashboard as in the views', async () => {
    await openDashboard();
    await workbench.webview().getByTestId('mark-releases').first().waitFor();
    const reachable = await reachableInWebview(workbench);
    assert.ok(reachable.length >= 15, `${reachable.length} things can have the focus`);
    assert.deepEqual(
      reachable.filter(({ name }) => name === ''),
      [],
    );
    const rows = workbench.page.locator('.part.sidebar .monaco-list-row');
    const labels = await rows.evaluateAll((all) => all.map((row) => row.getAttribute('aria-label')));
    assert.ok(labels.length >= 10, `${labels.length} rows are shown`);
    assert.ok(
      labels.every((label) => /\w/.test(label ?? '')),
      labels.join('\n'),
    );
  });
});

const SERVICES = ['cart', 'checkout', 'jobs', 'search'] as const;

/** In a deployment's file. */
const POLICY_LINE = 7;
const IMAGE_LINE = 17;

/** Nothing automates it: what is newer is offered to people. */
function deployment(name: string, registry: string): string {
  return shopDeployment(name, `${registry}/shop/${name}:1.4.1`, `weaveflux.dev/tag.${name}: semver:~1.4`);
}

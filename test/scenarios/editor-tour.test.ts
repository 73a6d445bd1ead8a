import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { readAgentFile } from '@weaveflux/shared/node';
import { waitFor } from '../rig/index.ts';
import { pushImage } from '../sandbox/sandbox.ts';
import { untilCommitted, untilEdited } from '../support/editor-scene.ts';
import { reportWindows } from '../support/window-report.ts';
import {
  clickInTitle,
  clickLine,
  commitAndPush,
  commitOf,
  imageInCluster,
  lineOf,
  picture,
  pull,
  retype,
  rowOf,
  scrollTo,
  scrollToTop,
  startTour,
  statusItem,
  type Tour,
  widen,
} from './editor-tour-support.ts';

const ANN = 'Ann Example <ann@example.org>';

/** A day of a person who keeps an environment: all by clicks and keys, and told by what is on the screen. */
describe('a person keeps an environment from the editor', { concurrency: false }, () => {
  let tour: Tour;
  reportWindows(() => tour?.workbench);

  before(async () => {
    tour = await startTour();
  });
  after(() => tour?.[Symbol.asyncDispose]());

  test('what is applied and how it stands is in the view, above the lines and in the status bar', async () => {
    const { environment, workbench } = tour;
    const head = (await environment.repository.head()).slice(0, 7);
    await workbench.openFile('shop/cart.yaml');
    await workbench.openView('Weaveflux');
    await widen(workbench, 468);
    await rowOf(workbench, 'Environments', `${head} Say what is where`).getByText('Healthy').waitFor();
    await rowOf(workbench, 'Environments', 'Up to date with main').waitFor();
    await scrollTo(workbench, 'Environments', /cart.*Healthy 2\/2/);
    await scrollToTop(workbench, 'Environments');
    await workbench.waitForLens(`healthy 2/2 · synced ${head}`);
    await workbench.waitForLens('1.4.1 runs · up to date (semver ~1.4)');
    await statusItem(workbench).getByText('shop').waitFor();
  });

  test('a newer image is offered above its line, and released by an edit of its tag alone', async () => {
    const { world, environment, workbench } = tour;
    await workbench.openFile('shop/catalog.yaml');
    await workbench.waitForLens(/1\.0\.0 runs/);
    const text = await workbench.editorText();
    await pushImage(world.registry, 'shop/catalog', '1.1.0');
    await workbench.waitForLens(/1\.0\.0 runs · 1\.1\.0 available/);
    await rowOf(workbench, 'Updates', /catalog.*1\.0\.0 → 1\.1\.0/).waitFor();
    await clickLine(workbench, '/shop/catalog:1.0.0');
    await picture(workbench, 'overview');

    await workbench.lens(/Release 1\.1\.0…/).click();
    const choice = workbench.quickPick.rows().filter({ hasText: '1.1.0' }).first();
    await choice.filter({ hasText: /ago.*sha256:/ }).waitFor();
    await picture(workbench, 'release', 'as it is');
    await workbench.quickPick.choose('1.1.0');
    const edited = await untilEdited(workbench, '/shop/catalog:1.1.0');
    assert.equal(edited, text.replace('/shop/catalog:1.0.0', '/shop/catalog:1.1.0'));
    await clickLine(workbench, '/shop/catalog:1.1.0');
    await workbench.page.keyboard.press('Control+Z');
    assert.equal(await untilEdited(workbench, '/shop/catalog:1.0.0'), text);
    await workbench.page.keyboard.press('Control+Shift+Z');
    assert.equal(await untilEdited(workbench, '/shop/catalog:1.1.0'), edited);

    const commit = await commitAndPush(tour, /catalog.*not yet committed/);
    const { author, files } = await commitOf(environment, commit);
    assert.deepEqual([author, files], [ANN, ['shop/catalog.yaml']]);
    assert.equal(await environment.repository.read('shop/catalog.yaml'), edited);
    await environment.agent.healthy(commit, 60_000);
    assert.equal(await imageInCluster(world, 'shop', 'catalog'), 'catalog:1.1.0');
    await workbench.waitForLens(`healthy 3/3 · synced ${commit.slice(0, 7)}`);
    await workbench.waitForLens(/1\.1\.0 runs/);
    await rowOf(workbench, 'Updates', 'catalog').waitFor({ state: 'detached' });
  });

  test('an image that is automated is released by the agent; the person pulls what it committed', async () => {
    const { world, environment, workbench } = tour;
    await workbench.openFile('shop/cart.yaml');
    const head = await environment.repository.head();
    await pushImage(world.registry, 'shop/cart', '1.4.2');
    const commit = await untilCommitted(environment, head);
    const { files } = await commitOf(environment, commit);
    assert.deepEqual(files, ['shop/cart.yaml']);
    await environment.agent.healthy(commit, 60_000);
    await rowOf(workbench, 'Activity', 'Released cart').waitFor();
    await workbench.waitForLens('1.4.1 here, 1.4.2 runs');
    await rowOf(workbench, 'Environments', `${commit.slice(0, 7)} is not fetched here`).waitFor();

    await pull(tour, commit);
    await untilEdited(workbench, '/shop/cart:1.4.2');
    await workbench.waitForLens('1.4.2 runs · up to date (semver ~1.4)');
    await rowOf(workbench, 'Environments', 'working copy is the same').waitFor();
  });

  test('what is pinned is not released, and says who pinned it and why, until it is unpinned', async () => {
    const { world, environment, workbench } = tour;
    await workbench.lens('Pin…').click();
    await workbench.quickPick.type('until the audit');
    await workbench.quickPick.accept();
    const pinned = await untilEdited(workbench, 'until the audit');
    const commit = await commitAndPush(tour, /Pinned .*cart/);
    assert.equal(await environment.repository.read('shop/cart.yaml'), pinned);
    await environment.agent.healthy(commit, 60_000);
    await workbench.waitForLens('Pinned by Ann Example: until the audit');
    await pushImage(world.registry, 'shop/cart', '1.4.3');
    await rowOf(workbench, 'Updates', /cart.*1\.4\.2 → 1\.4\.3 · pinned by Ann Example: until the audit/).waitFor();
    await workbench.waitForLens(/Pinned by Ann Example: until the audit · 1\.4\.3 available/);
    assert.equal(await environment.repository.head(), commit);
    await picture(workbench, 'pinned');

    await workbench.lens('Unpin').click();
    await untilEdited(workbench, /^(?!.*until the audit)/s);
    const unpinned = await commitAndPush(tour, /Unpinned .*cart/);
    const released = await untilCommitted(environment, unpinned);
    await environment.agent.healthy(released, 60_000);
    await rowOf(workbench, 'Activity', /Released cart.*1\.4\.3/).waitFor();
    await pull(tour, released);
    await untilEdited(workbench, '/shop/cart:1.4.3');
  });

  test('a policy that cannot be understood is underlined with the reason, and mended by a quick fix', async () => {
    const { workbench } = tour;
    const { page } = workbench;
    const text = await workbench.editorText();
    await retype(workbench, '~1.4', '>=1.x.');
    const squiggle = page.locator('.editor-instance .squiggly-error').first();
    await squiggle.waitFor();
    // A line is drawn anew while the mouse comes to rest on it; a list of fixes may open before there is any.
    await waitFor({ what: 'the reason under the mouse', deadline: 60_000 }, async () => {
      await page.mouse.move(0, 0);
      await lineOf(workbench, 'semver:>=1.x.').locator('span span').last().hover({ timeout: 5_000 });
      const reason = page.locator('.monaco-hover').filter({ hasText: 'states no version range' });
      await reason.first().waitFor({ timeout: 5_000 });
      return true;
    });
    const fix = page.locator('.action-widget .monaco-list-row').filter({ hasText: 'semver:~1.4' }).first();
    await waitFor({ what: 'the fix', deadline: 60_000 }, async () => {
      await page.keyboard.press('Control+.');
      await fix.waitFor({ timeout: 5_000 });
      return true;
    });
    await picture(workbench, 'quick-fix', 'as it is');
    await fix.click();
    await squiggle.waitFor({ state: 'hidden' });
    assert.equal(await untilEdited(workbench, text), text);
    await page.keyboard.press('Control+S');
  });

  test('who changes the cluster by hand is told with manager, field and correction', async () => {
    const { world, environment, workbench } = tour;
    const path = '/apis/apps/v1/namespaces/shop/deployments/payments';
    await world.cluster.patch(path, { spec: { replicas: 5 } }, 'kubectl-edit');
    await rowOf(workbench, 'Activity', /kubectl-edit changed payments.*\/spec\/replicas 2 → 5/).waitFor();
    await rowOf(workbench, 'Activity', 'Corrected payments').waitFor();
    assert.equal((await world.cluster.get(path)).spec.replicas, 2);
    await environment.agent.until(
      'payments to be healthy',
      ({ objects }) => objects.some(({ name, health }) => name.endsWith('payments') && health.state === 'healthy'),
      60_000,
    );
    await picture(workbench, 'activity');
  });

  test('an agent that is lost is said so with what was last known, and is found again by itself', async () => {
    const { environment, workbench } = tour;
    const head = (await environment.repository.head()).slice(0, 7);
    await environment.agent.kill();
    await rowOf(workbench, 'Environments', 'Connection lost').waitFor();
    await rowOf(workbench, 'Environments', head).waitFor();
    await workbench.waitForLens(new RegExp(`synced ${head} · last known`));
    await statusItem(workbench).locator('.codicon-debug-disconnect').waitFor();

    await environment.restartAgent();
    await rowOf(workbench, 'Environments', 'Connection lost').waitFor({ state: 'detached' });
    await workbench.waitForLens(new RegExp(`healthy 2/2 · synced ${head}$`));
    await statusItem(workbench).locator('.codicon-debug-disconnect').waitFor({ state: 'detached' });
  });

  test('the dashboard shows services by state, and releases and incidents of the day', async () => {
    const { workbench } = tour;
    await clickInTitle(workbench, 'Environments', 'Open Dashboard');
    const page = workbench.webview();
    await page.getByTestId('standing').getByText('all 20 services').waitFor();
    await page
      .getByTestId(/^service-.*payments/)
      .first()
      .waitFor();
    await page.getByTestId('mark-releases').first().waitFor();
    await page
      .getByTestId('mark-interference')
      .and(page.getByLabel(/payments.*kubectl-edit/))
      .waitFor();
    await workbench.page.setViewportSize({ width: 1280, height: 1030 });
    await workbench.page.keyboard.press('Control+B');
    await workbench.page.locator('.part.sidebar').waitFor({ state: 'hidden' });
    await picture(workbench, 'dashboard-dark');
    await theme('Default Light Modern', '.vs');
    await picture(workbench, 'dashboard-light');
    await theme('Default High Contrast', '.hc-black');
    await page.getByTestId('standing').waitFor();
    await theme('Default Dark Modern', '.vs-dark');
  });

  test('nothing of ours failed meanwhile, and no token is in the log', async () => {
    const { world, environment, workbench } = tour;
    const log = await workbench.hostLog();
    const ours = log.split(/^== /m).filter((part) => /^\S*weaveflux/.test(part));
    assert.ok(ours.length > 0, 'our log is among the logs');
    assert.deepEqual(linesWith(ours.join('\n'), /\[error\]/), []);
    assert.deepEqual(linesWith(log, /\[error\].*weaveflux/i), []);
    const { token } = await readAgentFile(environment.agent.file);
    for (const secret of [token, world.git.token, world.cluster.token]) assert.ok(!log.includes(secret));
  });

  /** Chooses a colour theme; resolves when the window is drawn by it. */
  async function theme(name: string, selector: string): Promise<void> {
    const { workbench } = tour;
    const setting = `vscode.workspace.getConfiguration('workbench').update('colorTheme', ${JSON.stringify(name)}, 1)`;
    await workbench.inHost(`return void await ${setting}`);
    await workbench.page.locator(`.monaco-workbench${selector}`).first().waitFor();
    await waitFor({ what: `the dashboard in ${name}`, deadline: 60_000 }, () =>
      workbench.webview().locator('body').isVisible(),
    );
  }
});

function linesWith(text: string, pattern: RegExp): string[] {
  return text.split('\n').filter((line) => pattern.test(line));
}

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Files, type Workbench, waitFor } from '../rig/index.ts';
import { openEnvironments, takePicture, untilCommitted } from '../support/editor-scene.ts';
import { type EditorEnvironment, type EditorWorld, PERSON, startEditorWorld } from '../support/editor-world.ts';
import { buildExtension } from '../support/extension-build.ts';
import { promotionFiles } from '../support/promotion-files.ts';
import { reportWindows } from '../support/window-report.ts';

/** What the registry has at first; what is newer of `cart` and `reviews` comes later. */
const IMAGES = [
  'cart:1.4.2 checkout:2.2.1 checkout:2.3.0 ledger:1.2.0 payments:4.9.0 payments:5.0.1 pricing:1.9.0 pricing:2.0.0',
  'reviews:1.0.0 search:3.1.0 storefront:7.1.4 storefront:7.2.0 wishlist:0.9.0',
].flatMap((line) => line.split(' '));
const PROMOTE = 'Weaveflux: Promote Images to Another Environment…';

/** Two environments side by side, and what a person carries from one to the other. */
describe('two environments in one window', { concurrency: false }, () => {
  let world: EditorWorld;
  let staging: EditorEnvironment;
  let production: EditorEnvironment;
  let workbench: Workbench;
  reportWindows(() => workbench);

  before(async () => {
    const [path] = await Promise.all([buildExtension(), startEnvironments()]);
    workbench = await openEnvironments(world, [staging, production], {
      extension: { kind: 'development', path },
      viewport: { width: 1280, height: 720 },
      scale: 2,
    });
    await workbench.openView('Weaveflux');
    // Both environments have room then.
    for (const name of ['Updates', 'Activity'])
      await workbench.page.getByRole('button', { name: `${name} Section` }).click();
  });
  after(async () => {
    await workbench?.[Symbol.asyncDispose]();
    await world?.[Symbol.asyncDispose]();
  });

  /** Staging releases 1.5.0 by itself; production's release of `reviews` is reverted, and so held. */
  async function startEnvironments(): Promise<void> {
    world = await startEditorWorld();
    const { registry } = world;
    const push = (image: string, day: number) => {
      const [name = '', tag = ''] = image.split(':');
      return registry.pushImage(`shop/${name}`, { tag, created: `2026-01-0${day}T00:00:00Z` });
    };
    for (const image of IMAGES) await push(image, 1);
    const files = promotionFiles(registry.host);
    [staging, production] = await Promise.all([
      world.environment('staging', files.staging, flagsOf('staging')),
      world.environment('production', files.production, flagsOf('production')),
    ]);
    const before = { staging: await staging.repository.head(), production: await production.repository.head() };
    await push('cart:1.5.0', 2);
    await push('reviews:1.1.0', 2);
    await staging.agent.healthy(await untilCommitted(staging, before.staging), 60_000);
    const released = await untilCommitted(production, before.production);
    await production.person.pull();
    await production.agent.healthy(await production.person.revertAndPush(released, PERSON), 60_000);
  }

  const row = (text: string | RegExp) => workbench.treeRow(text);
  const shortHead = async ({ repository }: EditorEnvironment) => (await repository.head()).slice(0, 7);
  const statusItem = (text: string | RegExp) => workbench.page.locator('.statusbar-item').filter({ hasText: text });
  /** The item of the environments; Git has one with the name of a folder, too. */
  const ours = (text: RegExp) => statusItem(text).and(workbench.page.locator('[id*="weaveflux.status"]'));
  const diffTab = (to: string) => workbench.page.locator('.tab').filter({ hasText: `Promote from staging to ${to}` });

  /**
   * A row of the list with this title; until then the rows of the list before may be there. It is typed, since rows of a list
   * that still grows move away under the mouse.
   */
  async function choose(title: string, text: string): Promise<void> {
    const list = workbench.page.locator('.quick-input-widget', { hasText: title });
    await list.waitFor();
    await workbench.quickPick.type(text);
    await list.locator('.monaco-list-row.focused', { hasText: text }).waitFor();
    await workbench.quickPick.accept();
  }

  /** Checks the one row with this text of a list: the arrow key leads from the line to it, the space bar checks it. */
  async function check(text: string): Promise<void> {
    const { page, quickPick } = workbench;
    await quickPick.type(text);
    await quickPick.rows().filter({ hasNotText: text }).first().waitFor({ state: 'detached' });
    await page.keyboard.press('ArrowDown');
    await quickPick.rows().and(page.locator('.focused')).filter({ hasText: text }).waitFor();
    await page.keyboard.press('Space');
  }

  /** Waits for the list of what can be promoted; gives its rows as words, those that are checked with an `x`. */
  async function offered(): Promise<string[]> {
    await workbench.page.locator('.quick-input-widget', { hasText: 'Promote from staging to' }).waitFor();
    await workbench.quickPick.rows().first().waitFor();
    return workbench.quickPick.rows().evaluateAll((rows) =>
      rows.map((each) => {
        const words = ['.label-name', '.label-description', '.quick-input-list-label-meta'].map(
          (part) => each.querySelector(part)?.textContent?.trim() ?? '',
        );
        const isChecked = each.querySelector('[role=checkbox]')?.getAttribute('aria-checked') === 'true';
        return [isChecked ? 'x' : '-', ...words.filter((word) => word !== '')].join(' ');
      }),
    );
  }

  /** Goes as far as to what is listed; the folder is chosen by its path, as where VS Code shows no dialog of the system. */
  async function promoteToFolder(folder: string): Promise<void> {
    await workbench.command(PROMOTE);
    await choose('Promote images from', 'staging');
    await choose('Promote images of staging to', 'Choose a folder…');
    const dialog = workbench.page.locator('.quick-input-widget', { hasText: 'Promote images of staging to' });
    const ok = dialog.getByRole('button', { name: 'Choose' });
    await ok.waitFor();
    const listed = workbench.page.locator('.quick-input-widget', { hasText: 'Promote from staging to' });
    await waitFor({ what: `the images that can be promoted to ${folder}`, deadline: 60_000 }, async () => {
      // The dialog looks the path up while one types, and passes over a button that is pressed meanwhile.
      if (await ok.isVisible()) {
        await workbench.quickPick.type(`${folder}/`);
        await ok.click({ timeout: 5_000 });
      }
      await listed.waitFor({ timeout: 5_000 });
      return true;
    });
  }

  /** Takes the entry in the menu of staging's row, again where the menu, which takes no click in its first moment, is still there. */
  async function promoteFromRow(): Promise<void> {
    const asked = workbench.page.locator('.quick-input-widget', { hasText: 'Promote images of staging to' });
    const entry = workbench.page.getByRole('menuitem', { name: 'Promote Images to Another Environment…' });
    await waitFor({ what: 'the list of environments after the menu', deadline: 60_000 }, async () => {
      if (!(await entry.isVisible())) await row(/^\s*staging/).click({ button: 'right', timeout: 5_000 });
      await entry.click({ timeout: 5_000 });
      await asked.waitFor({ timeout: 3_000 });
      return true;
    });
  }

  /** What of a working copy is changed and not committed, in files and in the editor. */
  async function changes({ person }: Pick<EditorEnvironment, 'person'>): Promise<string[]> {
    const unsaved = await workbench.inHost<string[]>(
      'return vscode.workspace.textDocuments.filter(({ isDirty }) => isDirty).map(({ uri }) => uri.path)',
    );
    const changed = await person.git(['status', '--porcelain']);
    return [...unsaved, ...changed.split('\n').filter((line) => line !== '')];
  }

  /** The diff has the room of the side bar; VS Code's own Git asks once after it has pulled, and may have stopped asking. */
  async function takeDiffPicture(): Promise<void> {
    await workbench.clearNotifications();
    await workbench.page.keyboard.press('Control+B');
    await workbench.page.locator('.part.sidebar').waitFor({ state: 'hidden' });
    await workbench.page.mouse.move(640, 600);
    await takePicture(workbench, 'editor/promotion');
    await workbench.page.keyboard.press('Control+B');
    await row('production').waitFor();
  }

  test('each has a row with its own state and revision', async () => {
    for (const environment of [staging, production])
      await row(new RegExp(`^\\s*${environment.name}.*Healthy · ${await shortHead(environment)}`)).waitFor();
  });

  test('files have lenses from their own agent, and the status bar follows the active one', async () => {
    await workbench.openFile('apps/cart.yaml');
    await workbench.waitForLens(/healthy 1\/1/);
    await ours(/^\s*staging/).waitFor();
    await workbench.openFile('shop/cart.yaml');
    await workbench.waitForLens(/healthy 3\/3/);
    await ours(/^\s*production\s*$/).waitFor();
    await workbench.page.mouse.move(800, 600);
    await takePicture(workbench, 'editor/environments');
    await workbench.command('View: Close All Editors');
  });

  test('what staging runs is offered, what speaks against it is told, and nothing is written before it was seen', async () => {
    await workbench.command(PROMOTE);
    await choose('Promote images from', 'staging');
    await choose('Promote images of staging to', 'production');
    await choose('The working copy of staging lacks', 'Pull');
    assert.deepEqual(await offered(), [
      'x production:deployment/cart 1.4.2 → 1.5.0',
      'x production:deployment/payments 4.9.0 → 5.0.1',
      'x production:deployment/storefront 7.1.4 → 7.2.0',
      '- production:deployment/checkout 2.2.1 → 2.3.0 pinned by Ann: frozen until the sale is over',
      '- production:deployment/pricing 2.0.0 → 1.9.0 2.0.0 is newer',
      '- production:deployment/reviews 1.0.0 → 1.1.0 1.1.0 is held after a revert',
      '- staging:deployment/wishlist The target has no such workload.',
    ]);
    await check('wishlist');
    await workbench.page.locator('.quick-input-count', { hasText: '3 Selected' }).waitFor();
    await workbench.quickPick.accept();
    await diffTab('production').waitFor();
    await workbench.notified('Promote from staging to production: look at the changes.');
    await workbench.page.locator('.multiDiffEntry', { hasText: 'storefront:7.2.0' }).waitFor();
    assert.deepEqual(await changes(production), []);
    await takeDiffPicture();
  });

  test('once accepted, tags alone are changed, and what is pushed is applied by production’s agent', async () => {
    const before = await production.repository.head();
    await statusItem('Write 3 Files').click();
    await workbench.answer(
      'Promote 3 images from staging in production: edited, not yet committed.',
      'Commit and Push',
    );
    const head = await untilCommitted(production, before);
    await production.agent.healthy(head, 60_000);
    const names = await production.repository.git(['show', '--name-only', '--format=%an%n%B', head]);
    assert.deepEqual(
      names.split('\n').filter((line) => line !== ''),
      [
        PERSON.name,
        'Promote 3 images from staging',
        '- production:deployment/cart cart: 1.4.2 -> 1.5.0',
        '- production:deployment/payments payments: 4.9.0 -> 5.0.1',
        '- production:deployment/storefront storefront: 7.1.4 -> 7.2.0',
        'shop/cart.yaml',
        'shop/money.yaml',
        'shop/storefront.yaml',
      ],
    );
    const written = promotionFiles(world.registry.host).production;
    const expected: Record<string, readonly [string, string]> = {
      'shop/cart.yaml': ['cart:1.4.2', 'cart:1.5.0'],
      'shop/money.yaml': ['payments:4.9.0', 'payments:5.0.1'],
      'shop/storefront.yaml': ['storefront:7.1.4', 'storefront:7.2.0'],
    };
    for (const [file, [from, to]] of Object.entries(expected))
      assert.equal(await production.repository.read(file), String(written[file]).replace(from, to));
    await row(new RegExp(`^\\s*production.*Healthy · ${head.slice(0, 7)}`)).waitFor();
    await workbench.openFile('shop/cart.yaml');
    await workbench.waitForLens(/1\.5\.0 runs/);
    assert.deepEqual(await changes(production), []);
  });

  test('what is pinned is promoted where a person insists, and nothing is where they discard it', async () => {
    await promoteFromRow();
    await choose('Promote images of staging to', 'production');
    const rows = await offered();
    assert.ok(
      rows.every((each) => each.startsWith('-')),
      rows.join('\n'),
    );
    await check('checkout');
    await workbench.page.locator('.quick-input-count', { hasText: '1 Selected' }).waitFor();
    await workbench.quickPick.accept();
    await workbench.page.locator('.multiDiffEntry', { hasText: 'checkout:2.3.0' }).waitFor();
    await workbench.answer('Promote from staging to production', 'Discard');
    await diffTab('production').waitFor({ state: 'detached' });
    assert.deepEqual(await changes(production), []);
  });

  test('a repository that is not open is chosen by its folder, and committed to like any other', async () => {
    const repository = await world.git.createRepository('canary', canary());
    const person = await world.git.checkout(repository);
    for (const [key, value] of Object.entries(PERSON)) await person.git(['config', `user.${key}`, value]);
    const before = await repository.head();
    await promoteToFolder(person.dir);
    assert.deepEqual(
      (await offered()).filter((each) => each.startsWith('x')),
      ['x canary:deployment/cart 1.4.2 → 1.5.0'],
    );
    await workbench.quickPick.accept();
    await workbench.page.locator('.multiDiffEntry', { hasText: 'cart:1.5.0' }).waitFor();
    await workbench.answer('Promote from staging to canary', 'Write 1 File');
    await workbench.answer('Promote 1 image from staging in canary: edited, not yet committed.', 'Commit and Push');
    const head = await untilCommitted({ repository }, before);
    assert.equal(await repository.read('cart.yaml', head), String(canary()['cart.yaml']).replace('1.4.2', '1.5.0'));
    assert.deepEqual(await changes({ person }), []);
  });

  test('where one agent is lost, only its environment says so, until it is back', async () => {
    await workbench.openFile('shop/cart.yaml');
    await staging.agent.kill();
    await row(/^\s*staging.*connection lost/).waitFor();
    await ours(/production.*·.*staging/).waitFor();
    await workbench.waitForLens(/healthy 3\/3 · synced [0-9a-f]{7}$/);
    await row(new RegExp(`^\\s*production.*Healthy · ${await shortHead(production)}`)).waitFor();
    assert.equal(await workbench.page.getByText(/^\s*production.*connection lost/).count(), 0);
    await staging.restartAgent();
    await row(new RegExp(`^\\s*staging.*Healthy · ${await shortHead(staging)}`)).waitFor();
    await ours(/^\s*production\s*$/).waitFor();
  });

  function canary(): Files {
    return {
      'cart.yaml': String(promotionFiles(world.registry.host).staging['apps/cart.yaml']).replaceAll(
        'staging',
        'canary',
      ),
    };
  }
});

/** Each agent keeps to its namespace, in which its inventory lies too. */
function flagsOf(namespace: string): Record<string, string> {
  return { 'agent-namespace': namespace, 'k8s-default-namespace': namespace };
}

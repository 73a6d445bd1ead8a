import { basename } from 'node:path';
import type { Locator } from 'playwright-core';
import { type Workbench, waitFor } from '../rig/index.ts';
import { environmentFiles } from '../sandbox/environment.ts';
import { seedImages } from '../sandbox/sandbox.ts';
import { openEnvironments, takePicture, untilCommitted } from '../support/editor-scene.ts';
import { type EditorEnvironment, type EditorWorld, PERSON, startEditorWorld } from '../support/editor-world.ts';
import { buildExtension } from '../support/extension-build.ts';

/** The sandbox's twenty services in a real cluster, with a person at the workbench. */
export interface Tour extends AsyncDisposable {
  readonly world: EditorWorld;
  readonly environment: EditorEnvironment;
  readonly workbench: Workbench;
}

/** The names of our views. */
export type View = 'Environments' | 'Updates' | 'Activity';

const LOOKS = {
  viewport: { width: 1280, height: 800 },
  scale: 1.35,
  settings: {
    'editor.fontSize': 13,
    'editor.guides.indentation': false,
    'editor.occurrencesHighlight': 'off',
    'git.blame.statusBarItem.enabled': false,
  },
} as const;

/** Starts everything; resolves when the environment is healthy and its repository open. */
export async function startTour(): Promise<Tour> {
  await using started = new AsyncDisposableStack();
  const [world, path] = await Promise.all([startEditorWorld(), buildExtension()]);
  started.use(world);
  await seedImages(world.registry);
  const files = environmentFiles(world.registry.host);
  const environment = await world.environment('shop', files, { 'unautomated-scan-interval': '1s' });
  const { person, agent } = environment;
  await person.write({ 'README.md': '# The shop\n\nTwenty services, each in a file of its own.\n' });
  await agent.healthy(await person.commitAndPush('Say what is where', PERSON), 60_000);
  const extension = { kind: 'development', path } as const;
  const workbench = started.use(await openEnvironments(world, [environment], { extension, ...LOOKS }));
  const running = started.move();
  return { world, environment, workbench, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

/** The first row of one of our views with this text, as far as it is scrolled into sight. */
export function rowOf({ page }: Workbench, view: View, text: string | RegExp): Locator {
  return paneOf(page, view).locator('.monaco-list-row').filter({ hasText: text }).first();
}

/** Scrolls a view down until it shows a row with this text, and gives that. */
export async function scrollTo(workbench: Workbench, view: View, text: string | RegExp): Promise<Locator> {
  const { page } = workbench;
  const row = rowOf(workbench, view, text);
  await paneOf(page, view).locator('.pane-body').hover();
  await waitFor({ what: `a row of ${view} with ${text}`, deadline: 60_000, interval: 200 }, async () => {
    if (await row.isVisible()) return true;
    await page.mouse.wheel(0, 60);
    return row.isVisible();
  });
  return row;
}

/** Scrolls a view to its first row. */
export async function scrollToTop({ page }: Workbench, view: View): Promise<void> {
  await paneOf(page, view).locator('.pane-body').hover();
  await page.mouse.wheel(0, -10_000);
  await paneOf(page, view).locator('.monaco-list-row[data-index="0"]').waitFor();
}

/** A button in the title of a view, which shows them to those who point at it. */
export async function clickInTitle({ page }: Workbench, view: View, button: string): Promise<void> {
  const header = paneOf(page, view).locator('.pane-header');
  await header.hover();
  await header.getByRole('button', { name: button }).first().click();
}

/** Drags the border between side bar and editor until the side bar is so wide; CSS pixels. */
export async function widen({ page }: Workbench, width: number): Promise<void> {
  const { x, y, height, width: before } = await boxOf(page.locator('.part.sidebar'));
  const middle = y + height / 2;
  await page.mouse.move(x + before, middle);
  await page.mouse.down();
  await page.mouse.move(x + width, middle, { steps: 10 });
  await page.mouse.up();
}

/** The item of the status bar about the environment. */
export function statusItem({ page }: Workbench): Locator {
  return page.locator('.statusbar-item[id*="weaveflux.status"]').first();
}

/** Takes a picture of the window when nothing points at anything and no message lies over it, unless they are wanted. */
export async function picture(workbench: Workbench, name: string, wanted: 'tidy' | 'as it is' = 'tidy'): Promise<void> {
  if (wanted === 'tidy') await tidy(workbench);
  await takePicture(workbench, `editor/${name}`);
}

async function tidy(workbench: Workbench): Promise<void> {
  const { page } = workbench;
  await workbench.clearNotifications();
  const { x, y, width } = await boxOf(page.locator('.part.editor .title .tabs-container').first());
  await page.mouse.move(x + width / 2, y + 2);
  await page.locator('.monaco-hover:visible, .workbench-hover-container:visible').first().waitFor({ state: 'hidden' });
}

/** Commits and pushes by the message that offers it, which waits behind the bell where it is a while ago; gives the commit. */
export async function commitAndPush({ environment, workbench }: Tour, done: string | RegExp): Promise<string> {
  const before = await environment.repository.head();
  await workbench.answer(done, 'Commit and Push');
  return untilCommitted(environment, before);
}

/** Who committed what in which files, as the repository has it. */
export async function commitOf({ repository }: EditorEnvironment, commit: string) {
  const shown = await repository.git(['show', '--format=%an <%ae>%n%s', '--name-only', commit]);
  const [author, subject, ...files] = shown.split('\n').filter((line) => line !== '');
  return { author, subject, files };
}

/** Runs Git: Pull from the palette, until the working copy has the commit. */
export async function pull({ environment, workbench }: Tour, commit: string): Promise<void> {
  await workbench.command('Git: Pull');
  await waitFor({ what: 'the pull', deadline: 60_000 }, async () => (await environment.person.head()) === commit);
}

/** The image of a workload's first container as the cluster has it, without its registry. */
export async function imageInCluster({ cluster }: EditorWorld, namespace: string, name: string): Promise<string> {
  const { spec } = await cluster.get(`/apis/apps/v1/namespaces/${namespace}/deployments/${name}`);
  return basename(spec.template.spec.containers[0].image);
}

/** The first line of the active editor with this text, as far as it is scrolled into sight. */
export function lineOf({ page }: Workbench, text: string): Locator {
  return page.locator('.editor-group-container.active .editor-instance .view-line').filter({ hasText: text }).first();
}

/** Puts the cursor into a line; forced, as the cursor itself may lie where the click goes. */
export async function clickLine(workbench: Workbench, text: string): Promise<void> {
  await lineOf(workbench, text).click({ force: true });
}

/** Types something else instead of what stands before the quote that ends its line. */
export async function retype(workbench: Workbench, before: string, after: string): Promise<void> {
  const { page } = workbench;
  await clickLine(workbench, before);
  await page.keyboard.press('End');
  await page.keyboard.press('ArrowLeft');
  for (let left = before.length; left > 0; left--) await page.keyboard.press('Backspace');
  await page.keyboard.type(after);
  await page.keyboard.press('Escape');
}

function paneOf(page: Workbench['page'], view: View): Locator {
  const header = page.locator('.pane-header').filter({ hasText: view });
  return page.locator('.part.sidebar .pane').filter({ has: header }).first();
}

async function boxOf(locator: Locator) {
  const box = await locator.boundingBox();
  if (box === null) throw new Error(`${locator} is not on the screen`);
  return box;
}

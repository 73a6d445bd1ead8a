import type { FrameLocator, Locator, Page } from 'playwright-core';
import { waitFor } from '../wait.ts';
import { hostPid, runInHost } from './host-channel.ts';
import { loadPage } from './load.ts';
import { createNotifications } from './notifications.ts';
import { createQuickPick, DEADLINE, pickFile, runCommand } from './quick-input.ts';
import type { CodeServer, ServerOptions } from './server.ts';
import type { Workbench, WorkbenchOptions } from './types.ts';
import { startWindow } from './window.ts';

/** Starts VS Code's workbench on these folders. Resolves when it is drawn and its extension host runs. */
export async function startWorkbench(options: WorkbenchOptions): Promise<Workbench> {
  await using started = new AsyncDisposableStack();
  const window = started.use(await startWindow(serverOptions(options), options));
  const page = window.browser.context.pages()[0] ?? (await window.browser.context.newPage());
  page.setDefaultTimeout(DEADLINE);
  await loadPage(page, () => page.goto(window.server.url));
  await untilDrawn(page);
  await untilHostRuns(window.server, undefined);
  const running = started.move();
  return createWorkbench(window.server, page, () => running.disposeAsync());
}

function serverOptions(options: WorkbenchOptions): ServerOptions {
  const theme = options.theme ? { 'workbench.colorTheme': options.theme } : {};
  return {
    folders: options.folders,
    extension: options.extension,
    settings: { ...theme, ...options.settings },
    env: options.env ?? {},
    restricted: options.trusted === false,
  };
}

async function untilDrawn(page: Page): Promise<void> {
  await page.locator('.monaco-workbench .part.statusbar').waitFor();
}

/** Waits for an extension host; with the process of one that is on its way out, for the next. */
async function untilHostRuns(server: CodeServer, before: number | undefined): Promise<void> {
  await server.process.ready({ what: 'the extension host', deadline: DEADLINE }, async () => {
    return (await hostPid(server.socket)) !== before;
  });
}

function createWorkbench(server: CodeServer, page: Page, end: () => Promise<void>): Workbench {
  async function inHost<T>(body: string): Promise<T> {
    // What a test asks for is what it gets: the type is its own word for it.
    return (await runInHost(server.socket, body)) as T;
  }
  return {
    ...locators(page),
    ...createNotifications(page, inHost),
    page,
    quickPick: createQuickPick(page),
    hostLog: server.hostLog,
    inHost,
    command: (title) => runCommand(page, title),
    async openFile(name) {
      await pickFile(page, name, () => inHost(isActive(name)));
      await page.locator('.editor-group-container.active .view-line').first().waitFor();
    },
    openView: (name) => openView(page, name),
    async waitForLens(text, deadline) {
      const lens = locators(page).lens(text);
      await lens.waitFor({ timeout: deadline ?? DEADLINE });
      return lens;
    },
    editorText: () => inHost('return vscode.window.activeTextEditor.document.getText()'),
    async reload() {
      const before = await hostPid(server.socket);
      await loadPage(page, () => page.reload());
      await untilDrawn(page);
      await untilHostRuns(server, before);
    },
    async screenshot(file) {
      await page.screenshot({ path: file, animations: 'disabled', style: WEB_ONLY });
    },
    [Symbol.asyncDispose]: end,
  };
}

/** Milliseconds that a window may take to draw what was clicked. */
const DRAWN = 10_000;

/** What a desktop's window does not have, and a caret that would be there or not. */
const WEB_ONLY = `
.activitybar .action-item:has([aria-label^="Accounts"]),
[id="status.host"], [id="status.forwardedPorts"], [id="status.workbench.keyboardLayout"],
.monaco-editor .cursors-layer { display: none !important; }`;

function locators(page: Page): Pick<Workbench, 'lens' | 'treeRow' | 'dialog' | 'webview'> {
  const first = (selector: string, text: string | RegExp): Locator =>
    page.locator(selector).filter({ hasText: text }).first();
  return {
    lens: (text) => first('.codelens-decoration a', text),
    treeRow: (text) => first('.part.sidebar .pane-body .monaco-list-row', text),
    dialog: (text) => first('.monaco-dialog-box', text),
    webview: (): FrameLocator =>
      page
        .locator('iframe.webview')
        .filter({ visible: true })
        .first()
        .contentFrame()
        .frameLocator('iframe#active-frame'),
  };
}

function isActive(name: string): string {
  return `return vscode.window.activeTextEditor?.document.uri.path.endsWith(${JSON.stringify(name)})`;
}

/**
 * A click on the icon of what is open closes it: an icon that is checked is left alone, and one that was clicked is
 * waited for as long as a busy window may take, before it counts as not taken and is clicked again.
 */
async function openView(page: Page, name: string): Promise<void> {
  const named = page.locator(`[aria-label^="${name}"]`);
  const item = page.locator('.activitybar .action-item').filter({ has: named }).first();
  const open = page.locator('.activitybar .action-item.checked').filter({ has: named }).first();
  await waitFor({ what: `the view ${name} in the activity bar`, deadline: DEADLINE }, async () => {
    if ((await open.count()) === 0) await item.click({ timeout: 2000 });
    await open.waitFor({ timeout: DRAWN });
    return page.locator('.part.sidebar').isVisible();
  });
  await page.locator('.part.sidebar .composite.title').filter({ hasText: name }).first().waitFor();
}

import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { basename, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { freePort, startProcess, startWorkbench, temporaryDirectory, type Workbench, waitFor } from '../index.ts';
import { run } from '../tools/run.ts';
import { startBrowser } from './browser.ts';
import { loadPage } from './load.ts';
import { DEADLINE } from './quick-input.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const FIXTURE = fileURLToPath(new URL('../testdata/extension', import.meta.url));
const LEAVES_WORKBENCH = fileURLToPath(new URL('../testdata/leaves-workbench.ts', import.meta.url));

describe('a workbench with an extension from a folder', () => {
  const folder = temporaryDirectory('folder');
  let workbench: Workbench;
  before(async () => {
    await writeFile(join(folder, 'thing.yaml'), 'version: 1\n');
    workbench = await startWorkbench({
      folders: [folder],
      extension: { kind: 'development', path: FIXTURE },
      settings: { 'fixture.greeting': 'good day' },
      env: { KUBECONFIG: '/nowhere' },
    });
  });
  after(() => workbench[Symbol.asyncDispose]());

  it('opens a file, and a click on a lens edits it', async () => {
    await workbench.openFile('thing.yaml');
    await (await workbench.waitForLens('bump the version')).click();
    await waitFor(
      { what: 'the edit', deadline: DEADLINE },
      async () => (await workbench.editorText()) === 'version: 2\n',
    );
    assert.equal(await readFile(join(folder, 'thing.yaml'), 'utf8'), 'version: 1\n');
  });

  it('shows a tree in the side bar', async () => {
    await workbench.openView('Fixture');
    await workbench.treeRow('second thing').click();
    await workbench.openView('Fixture');
    await workbench.treeRow('first thing').click();
  });

  it('answers a quick pick, then an input box', async () => {
    await workbench.command('Fixture: Pick a Colour');
    await workbench.quickPick.choose('blue');
    await workbench.quickPick.type('sky');
    await workbench.quickPick.accept();
    await workbench.notified('sky is blue');
  });

  it('shows a notification with a button, and a dialog', async () => {
    await workbench.command('Fixture: Tell');
    await workbench.answer('good day from the fixture', 'Answer');
    await workbench.dialog('Really?').getByRole('button', { name: 'Yes' }).click();
    await workbench.dialog('Really?').waitFor({ state: 'hidden' });
  });

  it('reaches into a webview', async () => {
    await workbench.command('Fixture: Show Page');
    await workbench.webview().getByRole('button', { name: 'send' }).click();
    await workbench.webview().getByText('the host got 1').waitFor();
    await workbench.command('View: Close Editor');
    await workbench.page.locator('iframe.webview').waitFor({ state: 'detached' });
  });

  it('passes the environment on, and reads the logs of extensions', async () => {
    assert.match(await workbench.hostLog(), /activated, KUBECONFIG is \/nowhere/);
    assert.equal(await workbench.inHost<boolean>('return vscode.workspace.isTrusted'), true);
  });

  it('runs again after the window was loaded anew', async () => {
    await workbench.reload();
    await workbench.openView('Fixture');
    await workbench.treeRow('first thing').click();
  });
});

describe('a workbench with a packed extension', () => {
  const [first, second] = [temporaryDirectory('first'), temporaryDirectory('second')];
  let workbench: Workbench;
  before(async () => {
    await writeFile(join(first, 'thing.yaml'), 'version: 1\n');
    await mkdir(join(second, 'apps'));
    await writeFile(join(second, 'apps/thing.yaml'), 'version: 7\n');
    workbench = await startWorkbench({
      folders: [first, second],
      extension: { kind: 'vsix', file: await pack() },
      trusted: false,
      theme: 'Default Light Modern',
    });
  });
  after(() => workbench[Symbol.asyncDispose]());

  it('has the extension installed, and its notifications', async () => {
    await workbench.command('Fixture: Tell');
    await workbench.notified('hello from the fixture');
  });

  it('opens the file of one of several folders', async () => {
    await workbench.openFile('apps/thing.yaml');
    assert.equal(await workbench.editorText(), 'version: 7\n');
    const names = await workbench.inHost<string[]>('return vscode.workspace.workspaceFolders.map(({ name }) => name)');
    assert.deepEqual(names, [basename(first), basename(second)]);
  });

  it('is in Restricted Mode, with nothing in the way, until the folder is trusted', async () => {
    assert.equal(await workbench.inHost<boolean>('return vscode.workspace.isTrusted'), false);
    await workbench.page.locator('.statusbar-item').filter({ hasText: 'Restricted Mode' }).waitFor();
    assert.equal(await workbench.dialog(/./).count(), 0);
    await workbench.command('Workspaces: Manage Workspace Trust');
    await workbench.page.locator('.workspace-trust-editor').getByRole('button', { name: 'Trust' }).first().click();
    await waitFor({ what: 'trust', deadline: DEADLINE }, () =>
      workbench.inHost<boolean>('return vscode.workspace.isTrusted'),
    );
  });

  it('has the theme that it was told', async () => {
    const kind = await workbench.inHost<number>('return vscode.window.activeColorTheme.kind');
    assert.equal(kind, 1);
  });

  async function pack(): Promise<string> {
    const file = join(temporaryDirectory('package'), 'fixture.vsix');
    const vsce = join(ROOT, 'node_modules/@vscode/vsce/vsce');
    await run(process.execPath, [vsce, 'package', '--no-dependencies', '--skip-license', '--out', file], {
      cwd: FIXTURE,
    });
    return file;
  }
});

it('is loaded again where the browser gave up a script of its page', async () => {
  const asked: string[] = [];
  const server = createServer(({ url = '' }, response) => {
    asked.push(url);
    if (url === '/') return response.setHeader('content-type', 'text/html').end('<script src="/main.js"></script>');
    response.writeHead(200, { 'content-type': 'text/javascript', 'content-length': '18' });
    if (asked.filter((each) => each === url).length > 1) return response.end("document.title='x'");
    return response.write('document', () => response.destroy());
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  await using browser = await startBrowser({});
  try {
    const page = await browser.context.newPage();
    await loadPage(page, () => page.goto(`http://127.0.0.1:${port}/`));
    assert.equal(await page.title(), 'x');
    assert.equal(asked.filter((url) => url === '/main.js').length, 2);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

it('leaves nothing behind, also when the test is killed', async () => {
  const temporary = temporaryDirectory('killed');
  const child = await startProcess({
    command: process.execPath,
    args: [LEAVES_WORKBENCH, FIXTURE, FIXTURE],
    env: { TMPDIR: temporary, ...environment() },
  });
  await child.line(/^up$/, 90_000);
  const before = await processesOf(temporary);
  assert.ok(before.some((line) => line.includes('extensionHost')) && before.some((line) => line.includes('chrom')));
  child.signal('SIGKILL');
  await waitFor(
    { what: 'the end of all processes', deadline: DEADLINE },
    async () => (await processesOf(temporary)).length === 0,
  );
  await waitFor({ what: 'the removal of what they wrote', deadline: DEADLINE }, async () => {
    const left = await readdir(temporary);
    return left.every((name) => name === 'weaveflux-ports');
  });
});

/** The lines of `ps` about the groups of processes in which one has this path among its arguments. */
async function processesOf(path: string): Promise<string[]> {
  const lines = (await run('ps', ['-eo', 'pgid=,args='])).split('\n');
  const groupOf = (line: string) => Number.parseInt(line, 10);
  const groups = new Set(lines.filter((line) => line.includes(path)).map(groupOf));
  return lines.filter((line) => groups.has(groupOf(line)));
}

/** Where the workbench is kept. */
function environment(): Record<string, string> {
  const { XDG_CACHE_HOME } = process.env;
  return XDG_CACHE_HOME ? { XDG_CACHE_HOME } : {};
}

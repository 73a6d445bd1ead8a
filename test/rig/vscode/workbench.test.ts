import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startWorkbench, temporaryDirectory, type Workbench, waitFor } from '../index.ts';

const FIXTURE = fileURLToPath(new URL('../testdata/extension', import.meta.url));

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
    await waitFor({ what: 'the edit' }, async () => (await workbench.editorText()) === 'version: 2\n');
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
    await workbench.toast('sky is blue').waitFor();
  });

  it('shows a notification with a button, and a dialog', async () => {
    await workbench.command('Fixture: Tell');
    await workbench.toast('good day from the fixture').getByRole('button', { name: 'Answer' }).click();
    await workbench.dialog('Really?').getByRole('button', { name: 'Yes' }).click();
    await workbench.dialog('Really?').waitFor({ state: 'hidden' });
  });

  it('reaches into a webview', async () => {
    await workbench.command('Fixture: Show Page');
    await workbench.webview().getByRole('button', { name: 'send' }).click();
    await workbench.webview().getByText('the host got 1').waitFor();
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

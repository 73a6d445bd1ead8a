import assert from 'node:assert/strict';
import * as vscode from 'vscode';

/** Milliseconds that VS Code may take on a busy machine. */
const DEADLINE = 60_000;
const ID = 'weaveflux.weaveflux-vscode';
/** VS Code's own, which every JSON file activates. */
const JSON_ID = 'vscode.json-language-features';

function fileOf(name: string): vscode.Uri {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  assert.ok(folder, 'the suite has a workspace');
  return vscode.Uri.joinPath(folder.uri, name);
}

function isActive(id: string): boolean {
  const extension = vscode.extensions.getExtension(id);
  assert.ok(extension, `VS Code knows ${id}`);
  return extension.isActive;
}

async function untilActive(id: string): Promise<void> {
  const end = Date.now() + DEADLINE;
  while (!isActive(id)) {
    assert.ok(Date.now() < end, `waited for ${id}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe('the extension', () => {
  it('is not activated by JSON, which every project has', async () => {
    const file = fileOf('tsconfig.json');
    await vscode.workspace.fs.writeFile(file, new TextEncoder().encode('{}\n'));
    await vscode.window.showTextDocument(file);
    await untilActive(JSON_ID);
    assert.equal(isActive(ID), false);
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
    await vscode.workspace.fs.delete(file);
  });

  it('is activated by YAML', async () => {
    await vscode.window.showTextDocument(fileOf('deployment.yaml'));
    await untilActive(ID);
  });
});

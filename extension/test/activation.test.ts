import assert from 'node:assert/strict';
import * as vscode from 'vscode';

describe('the extension', () => {
  it('activates when a YAML file is opened', async () => {
    const [file] = await vscode.workspace.findFiles('deployment.yaml');
    assert.ok(file, 'the workspace of the suite has a deployment.yaml');
    await vscode.window.showTextDocument(file);
    const extension = vscode.extensions.getExtension('weaveflux.weaveflux-vscode');
    assert.ok(extension, 'VS Code knows the extension');
    await extension.activate();
    assert.equal(extension.isActive, true);
  });
});

import assert from 'node:assert/strict';
import * as vscode from 'vscode';

/** Milliseconds that something may take on a busy machine. */
const DEADLINE = 60_000;

const encoder = new TextEncoder();

function fileOf(name: string): vscode.Uri {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  assert.ok(folder, 'the suite has a workspace');
  return vscode.Uri.joinPath(folder.uri, name);
}

/** A file of the test's own, shown with the cursor in a line (1-based). */
async function show(name: string, content: string | Uint8Array, line: number): Promise<vscode.TextDocument> {
  const uri = fileOf(name);
  await vscode.workspace.fs.writeFile(uri, typeof content === 'string' ? encoder.encode(content) : content);
  const at = new vscode.Position(line - 1, 0);
  return (await vscode.window.showTextDocument(uri, { selection: new vscode.Range(at, at) })).document;
}

function deployment(annotations = '', image = 'r.io/web:1.4.2'): string {
  return `# ours
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
${annotations}spec:
  template:
    spec:
      containers:
        - name: web
          image: ${image} # keep
`;
}

/** Waits until a condition holds, asked again whenever VS Code tells of something, and now and then. */
async function until(what: string, holds: () => boolean): Promise<void> {
  const end = Date.now() + DEADLINE;
  while (!holds()) {
    assert.ok(Date.now() < end, `waited for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Runs a command that asks, and accepts what it proposes until it has ended. */
async function accepting(command: string, ...args: unknown[]): Promise<void> {
  let isOver = false;
  const running = Promise.resolve(vscode.commands.executeCommand(command, ...args)).finally(() => {
    isOver = true;
  });
  await until(`the end of ${command}`, () => {
    if (!isOver) void vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
    return isOver;
  });
  await running;
}

/** Each test has files of its own: VS Code remembers what it read for a while. */
const NAMES = ['undone.yaml', 'windows.yaml', 'called.json', 'policy.yaml', 'broken.yaml', 'bytes.yaml'];
const pinned = '  annotations:\n    weaveflux.dev/locked: "true"\n';

describe('a command that edits', () => {
  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.files.revert');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    for (const name of NAMES) await vscode.workspace.fs.delete(fileOf(name)).then(undefined, () => undefined);
  });

  it('changes what the cursor stands in, as one step to undo, and saves nothing', async () => {
    const document = await show('undone.yaml', deployment(pinned), 12);
    await vscode.commands.executeCommand('weaveflux.unpin');
    assert.equal(document.getText(), deployment());
    assert.equal(document.isDirty, true);
    await vscode.commands.executeCommand('undo');
    assert.equal(document.getText(), deployment(pinned));
    await vscode.commands.executeCommand('redo');
    assert.equal(document.getText(), deployment());
  });

  it('keeps Windows line breaks, comments, and the cursor where it is', async () => {
    const document = await show('windows.yaml', deployment().replaceAll('\n', '\r\n'), 11);
    await accepting('weaveflux.pin');
    assert.equal(document.getText(), deployment(pinned).replaceAll('\n', '\r\n'));
    const line = vscode.window.activeTextEditor?.selection.active.line ?? 0;
    assert.match(document.lineAt(line).text, /image: r\.io\/web:1\.4\.2 # keep/);
  });

  it('finds the workload that it is called with, in JSON too', async () => {
    const text = `{
  "apiVersion": "apps/v1",
  "kind": "Deployment",
  "metadata": { "name": "web", "annotations": { "fluxcd.io/automated": "true", "team": "a" } },
  "spec": { "template": { "spec": { "containers": [{ "name": "web", "image": "r.io/web:1.4.2" }] } } }
}
`;
    const document = await show('called.json', text, 1);
    await vscode.commands.executeCommand('weaveflux.deautomate', { workload: 'apps/Deployment/shop/web' });
    assert.equal(document.getText(), text.replace('"fluxcd.io/automated": "true", ', ''));
  });

  it('proposes the policy that fits the tag best, and writes it', async () => {
    const document = await show('policy.yaml', deployment(), 11);
    await accepting('weaveflux.setPolicy');
    assert.equal(document.getText(), deployment('  annotations:\n    weaveflux.dev/tag.web: semver:~1.4\n'));
  });

  it('leaves a file alone that cannot be read, or is no UTF-8', async () => {
    const broken = `${deployment(pinned)}  {{ .Values.more }}\n`;
    const document = await show('broken.yaml', broken, 12);
    await vscode.commands.executeCommand('weaveflux.unpin');
    assert.equal(document.getText(), broken);

    const bytes = await show('bytes.yaml', Buffer.from(deployment(pinned).replace('ours', '\u00fc'), 'latin1'), 12);
    const before = bytes.getText();
    await vscode.commands.executeCommand('weaveflux.unpin');
    assert.equal(bytes.getText(), before);
    assert.equal(bytes.isDirty, false);
  });
});

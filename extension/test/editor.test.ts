import assert from 'node:assert/strict';
import * as vscode from 'vscode';

/** Milliseconds that an answer of VS Code may take on a busy machine. */
const DEADLINE = 60_000;

async function open(path: string): Promise<vscode.TextEditor> {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  assert.ok(folder, 'the suite has a workspace');
  return vscode.window.showTextDocument(vscode.Uri.joinPath(folder.uri, path));
}

/** What we say of a document, in order: `CODE line`. */
function said({ uri }: vscode.TextDocument): string[] {
  return vscode.languages
    .getDiagnostics(uri)
    .filter(({ source }) => source === 'weaveflux')
    .map(({ code, range }) => `${code} ${range.start.line + 1}`)
    .sort();
}

/** Waits until we say something of a document. */
async function untilSaid(document: vscode.TextDocument, expected: readonly string[]): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const look = () => {
      if (said(document).join() !== expected.join()) return;
      clearTimeout(timer);
      listening.dispose();
      resolve();
    };
    const listening = vscode.languages.onDidChangeDiagnostics(look);
    const timer = setTimeout(() => {
      listening.dispose();
      reject(new Error(`expected ${expected.join()}, and it is ${said(document).join()}`));
    }, DEADLINE);
    look();
  });
}

async function fixAt({ document }: vscode.TextEditor, line: number, title: RegExp): Promise<vscode.CodeAction> {
  const { range } = document.lineAt(line - 1);
  const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
    'vscode.executeCodeActionProvider',
    document.uri,
    range,
    vscode.CodeActionKind.QuickFix.value,
  );
  const found = actions.find((action) => title.test(action.title));
  assert.ok(found?.edit, `${title} among ${actions.map((action) => action.title).join(', ')}`);
  return found;
}

describe('a file with mistakes', () => {
  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.files.revert');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('is underlined where they are, and mended by quick fixes', async () => {
    const editor = await open('mistakes.yaml');
    const { document } = editor;
    await untilSaid(document, ['INVALID_POLICY 7', 'INVALID_POLICY 8', 'NO_TAG 18']);

    const quotes = await fixAt(editor, 7, /^Put it in quotes/);
    assert.equal(quotes.isPreferred, true);
    await vscode.workspace.applyEdit(quotes.edit ?? assert.fail());
    assert.equal(document.lineAt(6).text, '    weaveflux.dev/automated: "true"');
    await untilSaid(document, ['INVALID_POLICY 8', 'NO_TAG 18']);

    const policy = await fixAt(editor, 8, /^Change it to semver:~1$/);
    await vscode.workspace.applyEdit(policy.edit ?? assert.fail());
    assert.equal(document.lineAt(7).text, '    weaveflux.dev/tag.basket: semver:~1');
    await untilSaid(document, ['NO_TAG 18']);
  });

  it('has hovers that say what is known, and not again what is wrong', async () => {
    const { document } = await open('mistakes.yaml');
    const hover = async (line: number, character: number): Promise<string> => {
      const at = new vscode.Position(line - 1, character);
      const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
        'vscode.executeHoverProvider',
        document.uri,
        at,
      );
      return hovers
        .flatMap(({ contents }) => contents)
        .map((content) => (typeof content === 'string' ? content : content.value))
        .join('\n');
    };
    // What is wrong stands above it already, as the diagnostic.
    const mistaken = await hover(8, 35);
    assert.match(mistaken, /Which tags the container takes/);
    assert.doesNotMatch(mistaken, /states no version range/);
    assert.match(await hover(18, 20), /\*\*basket\*\* `registry\.example\/shop\/basket`/);
    assert.equal(await hover(4, 5), '');
  });

  it('completes annotations and policies while it is no YAML', async () => {
    const editor = await open('mistakes.yaml');
    const { document } = editor;
    const complete = async (line: number, text: string): Promise<string[]> => {
      await editor.edit((edit) => edit.replace(document.lineAt(line - 1).range, text));
      const list = await vscode.commands.executeCommand<vscode.CompletionList>(
        'vscode.executeCompletionItemProvider',
        document.uri,
        new vscode.Position(line - 1, text.length),
      );
      return list.items.map(({ label }) => (typeof label === 'string' ? label : label.label));
    };
    assert.ok((await complete(7, '    weaveflux.dev/')).includes('weaveflux.dev/min-age.basket'));
    assert.deepEqual((await complete(8, '    weaveflux.dev/tag.basket: "semver:')).slice(0, 1), ['semver:*']);
  });

  it('is left alone in a chart', async () => {
    const { document } = await open('mistakes.yaml');
    const { document: template } = await open('chart/templates/basket.yaml');
    await untilSaid(document, ['INVALID_POLICY 7', 'INVALID_POLICY 8', 'NO_TAG 18']);
    assert.deepEqual(said(template), []);
  });

  it('is not checked where people do not want it', async () => {
    const { document } = await open('mistakes.yaml');
    await untilSaid(document, ['INVALID_POLICY 7', 'INVALID_POLICY 8', 'NO_TAG 18']);
    const settings = vscode.workspace.getConfiguration('weaveflux');
    await settings.update('diagnostics.enabled', false, vscode.ConfigurationTarget.Workspace);
    await untilSaid(document, []);
    await settings.update('diagnostics.enabled', undefined, vscode.ConfigurationTarget.Workspace);
    await untilSaid(document, ['INVALID_POLICY 7', 'INVALID_POLICY 8', 'NO_TAG 18']);
  });
});

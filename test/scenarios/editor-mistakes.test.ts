import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Workbench, waitFor } from '../rig/index.ts';
import { type EditorShop, shopDeployment, startEditorShop } from '../support/editor-shop.ts';
import type { EditorEnvironment } from '../support/editor-world.ts';
import { reportWindows } from '../support/window-report.ts';

/** What the editor tells with an agent's help at the lines of files, open and not. */
describe('what the agent knows, at the lines of the files', { concurrency: false }, () => {
  let shop: EditorShop;
  let environment: EditorEnvironment;
  let workbench: Workbench;
  reportWindows(() => workbench);

  before(async () => {
    shop = await startEditorShop(['cart'], (registry) => ({
      'cart.yaml': shopDeployment('cart', `${registry}/shop/cart:1.4.1`, ...WAITING),
      'jobs.yaml': shopDeployment('jobs', `${registry}/shop/cart:1.4.1`, 'weaveflux.dev/locked: "true"'),
    }));
    ({ environment, workbench } = shop);
    await workbench.openFile('cart.yaml');
  });
  after(async () => {
    await shop?.[Symbol.asyncDispose]();
  });

  /** Waits until the host answers what is expected. */
  async function until<T>(what: string, body: string, isIt: (answer: T) => boolean): Promise<T> {
    return waitFor({ what, deadline: 60_000, interval: 200 }, async () => {
      const answer = await workbench.inHost<T>(body);
      if (isIt(answer)) return answer;
      throw new Error(JSON.stringify(answer));
    });
  }

  const at = (text: string) => `
    const { document } = vscode.window.activeTextEditor;
    const at = document.positionAt(document.getText().indexOf(${JSON.stringify(text)}) + 1);`;
  const hover = (text: string) => `${at(text)}
    const hovers = await vscode.commands.executeCommand('vscode.executeHoverProvider', document.uri, at);
    return hovers.flatMap(({ contents }) => contents.map(({ value }) => value)).join('\\n').replace(/\\\\(.)/g, '$1');`;
  const said = (file: string) => `
    return vscode.languages.getDiagnostics()
      .filter(([uri]) => uri.path.endsWith('/${file}'))
      .flatMap(([, all]) => all.map(({ code, range, message }) => [code, range.start.line + 1, message]));`;

  test('an image tells its tags, the one that is chosen, and who else has it', async () => {
    const parts = [
      /Policy `semver:~1\.4` chooses `1\.4\.2`/,
      /`1\.4\.1` \|[^\n]*in this file/,
      /Also used by\s+- \[shop:deployment\/jobs\]\(command:weaveflux\.open\?/,
    ];
    await until<string>('all that is known of the image', hover('shop/cart:1.4.1'), (text) =>
      parts.every((part) => part.test(text)),
    );
  });

  test('a policy tells which tags it admits, while it is typed', async () => {
    await workbench.inHost(`${at('semver:~1.4')}
      const edit = new vscode.WorkspaceEdit();
      edit.replace(document.uri, document.getWordRangeAtPosition(at, /semver:\\S+/), 'semver:<1.4.2');
      await vscode.workspace.applyEdit(edit);`);
    const shown = await workbench.inHost<string>(hover('semver:<'));
    assert.match(shown, /`1\.4\.1` \|[^\n]*newest, in this file/);
    assert.match(shown, /Not admitted:[^\n]*`1\.4\.2`/);
    await workbench.inHost("await vscode.commands.executeCommand('workbench.action.files.revert')");
  });

  test('the tags of the registry are offered behind the image', async () => {
    const labels = await workbench.inHost<string[]>(`${at(':1.4.1')}
      const list = await vscode.commands.executeCommand('vscode.executeCompletionItemProvider', document.uri, at, ':');
      return list.items.map(({ label }) => label.label ?? label);`);
    assert.deepEqual(labels.slice(0, 2), ['1.4.2', '1.4.1']);
  });

  test('what the cluster refuses stands at its line, in a file that nobody opened, until it is mended', async () => {
    const { person, agent } = environment;
    await person.write({ 'broken.yaml': `# ours\n${configMap('1')}` });
    const broken = await person.commitAndPush('A number where a string is needed');
    await agent.event('the failure', ({ type, revision }) => type === 'sync-failed' && revision === broken);
    type Said = [code: string, line: number, message: string][];
    const [[code, line, message]] = await until<[Said[number]]>(
      'the error',
      said('broken.yaml'),
      (all) => all.length > 0,
    );
    assert.deepEqual([code, line], ['REJECTED', 2], message);

    await workbench.openFile('broken.yaml');
    await workbench.inHost(`
      const edit = new vscode.WorkspaceEdit();
      edit.insert(vscode.window.activeTextEditor.document.uri, new vscode.Position(0, 0), '# first\\n');
      await vscode.workspace.applyEdit(edit);`);
    await until<Said>('the error to go with its object', said('broken.yaml'), (all) => all[0]?.[1] === 3);
    const titles = await workbench.inHost<string[]>(`
      const { document } = vscode.window.activeTextEditor;
      const { range } = document.lineAt(2);
      const actions = await vscode.commands.executeCommand('vscode.executeCodeActionProvider', document.uri, range, 'quickfix');
      return actions.map(({ title }) => title);`);
    assert.deepEqual(titles, ['Explain']);
    await workbench.inHost("await vscode.commands.executeCommand('workbench.action.files.revert')");

    await person.write({ 'broken.yaml': configMap('"1"') });
    await agent.healthy(await person.commitAndPush('A string'), 60_000);
    await until<Said>('the error to go', said('broken.yaml'), (all) => all.length === 0);
  });
});

/** The agent looks for tags of what is automated; the age that they must have keeps it from releasing one. */
const WAITING = [
  'weaveflux.dev/automated: "true"',
  'weaveflux.dev/min-age.cart: 200000h',
  'weaveflux.dev/tag.cart: semver:~1.4',
];

function configMap(value: string): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: broken\n  namespace: shop\ndata:\n  count: ${value}\n`;
}

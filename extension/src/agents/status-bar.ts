import * as vscode from 'vscode';
import { statusBarOf } from '../model/agent/status-bar.ts';
import type { ManagedEnvironments } from './create-environments.ts';
import type { Environment } from './environments.ts';

/** The file by which a repository says that it is an environment's, before any agent is found. */
const SETTINGS_FILE = '.weaveflux.yaml';
/** Among what the window says of the repository. */
const PRIORITY = 50;

/**
 * The one item of the status bar: it follows the file that a person works in. It is there for repositories that have to do
 * with an agent: one was found, or the repository has its settings file, which is also a reason to look for one.
 */
export function showStatusBar(environments: ManagedEnvironments): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('weaveflux.status', vscode.StatusBarAlignment.Left, PRIORITY);
  item.name = 'Weaveflux';
  const marked = new Map<string, boolean>();
  let active: string | undefined;

  /** What shows a file at another time, as the sides of diffs do, has the path of the file. */
  function environmentOf(editor: vscode.TextEditor | undefined): string | undefined {
    if (editor === undefined) return undefined;
    const { uri } = editor.document;
    return (environments.of(uri) ?? environments.of(vscode.Uri.file(uri.path)))?.id;
  }

  /** While something else than text is worked in, such as a view, the environment stays. */
  function follow(editor: vscode.TextEditor | undefined): void {
    if (editor === undefined && vscode.window.visibleTextEditors.length > 0) return;
    const followed = environmentOf(editor);
    if (followed === active) return;
    active = followed;
    update();
  }

  async function mark({ id, repository }: Environment): Promise<void> {
    if (marked.has(id)) return;
    marked.set(id, false);
    try {
      await vscode.workspace.fs.stat(repository.uriOf(SETTINGS_FILE));
    } catch {
      // Most repositories have none.
      return;
    }
    marked.set(id, true);
    environments.byId(id)?.need();
    update();
  }

  function update(): void {
    const shown = environments.all.filter(({ id, state }) => state.agent !== undefined || marked.get(id) === true);
    const text = statusBarOf(shown.map(({ id, name, state }) => ({ name, state, isActive: id === active })));
    if (text === undefined) {
      item.hide();
      return;
    }
    const background =
      text.severity === 'warning' ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
    item.text = text.text;
    item.tooltip = text.tooltip;
    item.command = text.command;
    item.backgroundColor = background;
    item.accessibilityInformation = { label: text.label, role: 'button' };
    item.show();
  }

  function look(): void {
    for (const environment of environments.all) void mark(environment);
    active = environmentOf(vscode.window.activeTextEditor);
    update();
  }

  look();
  return vscode.Disposable.from(
    item,
    vscode.window.onDidChangeActiveTextEditor(follow),
    environments.onDidChange(look),
    environments.onDidChangeState(({ change }) => {
      if (change.has('connection') || change.has('status') || change.has('images')) update();
    }),
  );
}

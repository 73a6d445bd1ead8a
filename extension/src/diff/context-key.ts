import * as vscode from 'vscode';
import type { BasicServices } from '../services.ts';

/** Of `when` clauses: whether the file in the active editor belongs to an environment. */
const KEY = 'weaveflux.fileInEnvironment';

/** Keeps the context key of menus true. */
export function followActiveFile({ environments }: Pick<BasicServices, 'environments'>): vscode.Disposable {
  let last: boolean | undefined;

  function tell(): void {
    const uri = vscode.window.activeTextEditor?.document.uri;
    const now = uri !== undefined && environments.of(uri) !== undefined;
    if (now === last) return;
    last = now;
    void vscode.commands.executeCommand('setContext', KEY, now);
  }

  tell();
  return vscode.Disposable.from(vscode.window.onDidChangeActiveTextEditor(tell), environments.onDidChange(tell));
}

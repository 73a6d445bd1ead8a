import * as vscode from 'vscode';

/** A document of a comparison of several: its label, and its sides; absent where there is nothing. */
export type Change = readonly [label: vscode.Uri, left: vscode.Uri | undefined, right: vscode.Uri | undefined];

/** Shows two documents side by side. */
export async function openDiff(left: vscode.Uri, right: vscode.Uri, title: string): Promise<void> {
  const options: vscode.TextDocumentShowOptions = { preview: true };
  await vscode.commands.executeCommand('vscode.diff', left, right, title, options);
}

/** Shows several comparisons in one editor. */
export async function openChanges(changes: readonly Change[], title: string): Promise<void> {
  await vscode.commands.executeCommand('vscode.changes', title, changes);
}

/** Shows one document. */
export async function openText(uri: vscode.Uri): Promise<void> {
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: true });
}

/** Shows in the status bar that something takes a moment. */
export async function inPassing<Result>(title: string, work: () => Promise<Result>): Promise<Result> {
  return vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title }, work);
}

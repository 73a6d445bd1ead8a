import * as vscode from 'vscode';

/** The one that a person picks. Escape ends the command. */
export async function pickOne<Item extends vscode.QuickPickItem>(
  items: readonly Item[] | Promise<readonly Item[]>,
  options: vscode.QuickPickOptions,
): Promise<Item> {
  const picked = await vscode.window.showQuickPick(items, { matchOnDescription: true, ...options });
  if (picked === undefined) throw new vscode.CancellationError();
  return picked;
}

/** Those that a person picks, at least one. Escape, or none, ends the command. */
export async function pickSome<Item extends vscode.QuickPickItem>(
  items: readonly Item[],
  options: vscode.QuickPickOptions,
): Promise<readonly Item[]> {
  const picked = await vscode.window.showQuickPick(items, {
    matchOnDescription: true,
    matchOnDetail: true,
    ...options,
    canPickMany: true,
  });
  if (picked === undefined || picked.length === 0) throw new vscode.CancellationError();
  return picked;
}

/** What a person types, without blanks around it; '' where nothing. Escape ends the command. */
export async function askText(options: vscode.InputBoxOptions): Promise<string> {
  const text = await vscode.window.showInputBox(options);
  if (text === undefined) throw new vscode.CancellationError();
  return text.trim();
}

/** Shows that something takes its time, and lets it be cancelled. */
export async function withProgress<Result>(
  title: string,
  work: (signal: AbortSignal, progress: vscode.Progress<{ message?: string }>) => Promise<Result>,
): Promise<Result> {
  const location = vscode.ProgressLocation.Notification;
  return vscode.window.withProgress({ location, title, cancellable: true }, async (progress, token) => {
    const controller = new AbortController();
    const cancelling = token.onCancellationRequested(() => controller.abort(new vscode.CancellationError()));
    try {
      return await work(controller.signal, progress);
    } finally {
      cancelling.dispose();
    }
  });
}

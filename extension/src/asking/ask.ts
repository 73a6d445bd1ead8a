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

/** What is done sooner needs no notification: milliseconds. */
const SOON = 400;

/** Shows that something takes its time, where it does, and lets it be cancelled. */
export async function withProgress<Result>(
  title: string,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const controller = new AbortController();
  const working = work(controller.signal);
  if (await isDoneSoon(working)) return working;
  const location = vscode.ProgressLocation.Notification;
  return vscode.window.withProgress({ location, title, cancellable: true }, async (_progress, token) => {
    const cancelling = token.onCancellationRequested(() => controller.abort(new vscode.CancellationError()));
    try {
      return await working;
    } finally {
      cancelling.dispose();
    }
  });
}

async function isDoneSoon(working: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), SOON);
  });
  // A failure is done as well; who waits for the work itself is told of it.
  const done = working.then(
    () => true,
    () => true,
  );
  const isDone = await Promise.race([done, late]);
  clearTimeout(timer);
  return isDone;
}

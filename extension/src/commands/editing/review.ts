import * as vscode from 'vscode';
import type { CommandContext } from '../context.ts';
import type { EditedFile } from './edit.ts';

/** Texts that are to be looked at before they are written. */
export interface Review {
  readonly title: string;
  readonly files: readonly EditedFile[];
  /** Called where the person wants it. */
  readonly write: () => Promise<void>;
}

/** Shows what would be written as one diff of all files, and asks once: in a toast, and in the status bar. */
export function reviewTexts({ texts, toasts, inBackground }: CommandContext, review: Review): void {
  const { title, files } = review;
  const write = files.length === 1 ? vscode.l10n.t('Write 1 File') : vscode.l10n.t('Write {0} Files', files.length);
  const discard = vscode.l10n.t('Discard');
  inBackground(async () => {
    const resources = files.map(({ uri, after }) => [uri, uri, texts.put(uri.path, after)] as const);
    await vscode.commands.executeCommand('vscode.changes', title, resources);
    const asked = vscode.l10n.t('{0}: look at the changes.', title);
    const { promise: answered, resolve } = Promise.withResolvers<string>();
    using _button = showButton({
      id: String(resources[0]?.[2]),
      title,
      label: write,
      asked,
      press: () => {
        resolve(write);
        // The toast that asked cannot be closed by us; its buttons do nothing from now on.
        void vscode.commands.executeCommand('notifications.hideToasts');
      },
    });
    inBackground(async () => {
      const answer = await toasts.info(asked, write, discard);
      // A toast that is closed leaves the button, which is there as long as the diff is.
      if (answer !== undefined) resolve(answer);
    });
    const answer = await answered;
    await closeTab(title);
    if (answer === write) await review.write();
  });
}

interface Button {
  /** Another for each review. */
  readonly id: string;
  /** Of the diff. */
  readonly title: string;
  readonly label: string;
  readonly asked: string;
  readonly press: () => void;
}

/** The button in the status bar, for as long as the diff is open: toasts go away by themselves before one has read much. */
function showButton({ id, title, label, asked, press }: Button): Disposable {
  const command = `weaveflux.review ${id}`;
  const item = vscode.window.createStatusBarItem(vscode.StatusBarAlignment.Left);
  item.name = 'Weaveflux';
  item.text = `$(check) ${label}`;
  item.tooltip = asked;
  item.command = command;
  item.show();
  const all = vscode.Disposable.from(
    item,
    vscode.commands.registerCommand(command, press),
    vscode.window.tabGroups.onDidChangeTabs(({ closed }) => {
      if (closed.some((tab) => isOf(tab, title))) item.hide();
    }),
  );
  return { [Symbol.dispose]: () => all.dispose() };
}

async function closeTab(title: string): Promise<void> {
  const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
  await vscode.window.tabGroups.close(tabs.filter((tab) => isOf(tab, title)));
}

/** The API tells nothing of multi-file diffs but their title, behind which VS Code counts the files. */
function isOf({ label }: vscode.Tab, title: string): boolean {
  return label === title || label.startsWith(`${title} (`);
}

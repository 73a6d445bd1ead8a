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

/** Shows what would be written as one diff of all files, and asks once, in a toast. */
export function reviewTexts({ texts, toasts, inBackground }: CommandContext, review: Review): void {
  const { title, files } = review;
  const write = files.length === 1 ? vscode.l10n.t('Write 1 File') : vscode.l10n.t('Write {0} Files', files.length);
  const discard = vscode.l10n.t('Discard');
  inBackground(async () => {
    const resources = files.map(({ uri, after }) => {
      return [uri, uri, texts.put(uri.path, after)] as const;
    });
    await vscode.commands.executeCommand('vscode.changes', title, resources);
    const answer = await toasts.info(vscode.l10n.t('{0}: look at the changes.', title), write, discard);
    if (answer !== undefined) await closeTab(title);
    if (answer === write) await review.write();
  });
}

/** The API tells nothing of multi-file diffs but their title, behind which VS Code counts the files. */
async function closeTab(title: string): Promise<void> {
  const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
  await vscode.window.tabGroups.close(tabs.filter(({ label }) => label === title || label.startsWith(`${title} (`)));
}

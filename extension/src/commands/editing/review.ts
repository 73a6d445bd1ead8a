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

/** Shows what would be written, one at a time. */
export interface Reviews {
  /**
   * Shows it as one diff of all files, and asks once: in a toast, and in the status bar. It is over, and nothing is written,
   * when the diff is closed or another review begins. Resolves when it is over.
   */
  show(review: Review): Promise<void>;
}

type Answer = 'write' | 'discard' | 'abandoned';

/** Reviews of texts, none of them shown yet. */
export function createReviews({ texts, toasts, inBackground }: Omit<CommandContext, 'services' | 'reviews'>): Reviews {
  let open: { abandon(): void; readonly over: Promise<void> } | undefined;

  async function show(review: Review): Promise<void> {
    const { promise: answered, resolve } = Promise.withResolvers<Answer>();
    const before = open;
    const over = (async () => {
      before?.abandon();
      // Two diffs of one title could not be told apart.
      await before?.over.catch(() => {});
      const answer = await ask(review, answered, resolve);
      await closeTab(review.title);
      if (answer === 'write') await review.write();
    })();
    open = { abandon: () => resolve('abandoned'), over };
    await over;
  }

  async function ask({ title, files }: Review, answered: Promise<Answer>, answer: (it: Answer) => void) {
    const write = files.length === 1 ? vscode.l10n.t('Write 1 File') : vscode.l10n.t('Write {0} Files', files.length);
    const discard = vscode.l10n.t('Discard');
    const asked = vscode.l10n.t('{0}: look at the changes.', title);
    const resources = files.map(({ uri, after }) => [uri, uri, texts.put(uri.path, after)] as const);
    await vscode.commands.executeCommand('vscode.changes', title, resources);
    // Else the next file that is opened would take its place, as if somebody had closed it.
    await vscode.commands.executeCommand('workbench.action.keepEditor');
    using _button = showButton({ id: String(resources[0]?.[2]), title, label: write, asked, answer });
    let isOver = false;
    inBackground(async () => {
      const pressed = await toasts.info(asked, write, discard);
      // A toast that is closed leaves the button, which is there as long as the diff is.
      if (pressed === undefined) return;
      if (isOver && pressed === write) void toasts.info(sayAbandoned(title));
      answer(pressed === write ? 'write' : 'discard');
    });
    const given = await answered;
    isOver = true;
    return given;
  }

  return { show };
}

function sayAbandoned(title: string): string {
  return vscode.l10n.t('{0}: nothing was written, because its diff was closed; begin again to see it.', title);
}

interface Button {
  /** Another for each review. */
  readonly id: string;
  /** Of the diff. */
  readonly title: string;
  readonly label: string;
  readonly asked: string;
  readonly answer: (it: Answer) => void;
}

/** The button in the status bar, for as long as the diff is open: toasts go away by themselves before one has read much. */
function showButton({ id, title, label, asked, answer }: Button): Disposable {
  const command = `weaveflux.review ${id}`;
  const item = vscode.window.createStatusBarItem(vscode.StatusBarAlignment.Left);
  item.name = 'Weaveflux';
  item.text = `$(check) ${label}`;
  item.tooltip = asked;
  item.command = command;
  item.show();
  const all = vscode.Disposable.from(
    item,
    vscode.commands.registerCommand(command, () => answer('write')),
    vscode.window.tabGroups.onDidChangeTabs(({ closed }) => {
      // One that was moved to another group is closed in its own.
      if (closed.some((tab) => isOf(tab, title)) && tabsOf(title).length === 0) answer('abandoned');
    }),
  );
  return {
    [Symbol.dispose]() {
      all.dispose();
      // The toast that asked cannot be closed by us; its buttons do nothing from now on.
      void vscode.commands.executeCommand('notifications.hideToasts');
    },
  };
}

async function closeTab(title: string): Promise<void> {
  await vscode.window.tabGroups.close(tabsOf(title));
}

function tabsOf(title: string): vscode.Tab[] {
  return vscode.window.tabGroups.all.flatMap((group) => group.tabs).filter((tab) => isOf(tab, title));
}

/** The API tells nothing of multi-file diffs but their title, behind which VS Code counts the files. */
function isOf({ label }: vscode.Tab, title: string): boolean {
  return label === title || label.startsWith(`${title} (`);
}

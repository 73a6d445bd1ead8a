import type * as vscode from 'vscode';

/** What a person chose for a repository. */
export interface Choice {
  /** The id of an agent. */
  readonly agent?: string;
  /** A context of the kubeconfig; absent = the current one. */
  readonly context?: string;
}

/** What was chosen, by the root of the repository; remembered in the workspace. */
export interface Choices {
  of(root: vscode.Uri): Choice;
  set(root: vscode.Uri, choice: Choice): Promise<void>;
}

const KEY = 'weaveflux.choices';

/** Choices in the state of the workspace. */
export function createChoices(state: vscode.Memento): Choices {
  const all = () => state.get<Readonly<Record<string, Choice>>>(KEY, {});
  return {
    of: (root) => all()[root.toString()] ?? {},
    async set(root, choice) {
      await state.update(KEY, { ...all(), [root.toString()]: choice });
    },
  };
}

import * as vscode from 'vscode';
import { lazily } from '../lazy.ts';
import { SCHEME } from '../model/diff/scheme.ts';
import type { StartServices } from '../services.ts';
import { followActiveFile } from './context-key.ts';

/** What they do is loaded with the first that is called, or with the first document that is shown. */
const COMMANDS = [
  'diffWithCluster',
  'diffWithApplied',
  'planWorkingCopy',
  'planRevision',
  'showDrift',
  'history',
] as const;
export type DiffCommandName = (typeof COMMANDS)[number];

/** The diff editors: working copy and live, last applied, plans, drift; the history of a workload. */
export function registerDiffs(services: StartServices): vscode.Disposable {
  const { all, run } = services;
  const changed = new vscode.EventEmitter<vscode.Uri>();
  const diffs = lazily(async () => {
    const [{ createDiffs }, loaded] = await Promise.all([import('./diffs.ts'), all()]);
    return createDiffs(loaded, (uri) => changed.fire(uri));
  });
  const registered = COMMANDS.map((name) =>
    vscode.commands.registerCommand(`weaveflux.${name}`, (argument: unknown) =>
      run(async () => (await diffs.load()).run(name, argument)),
    ),
  );
  return vscode.Disposable.from(
    diffs,
    changed,
    vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
      onDidChange: changed.event,
      provideTextDocumentContent: (uri) => diffs.use(({ text }) => text(uri)),
    }),
    followActiveFile(services),
    ...registered,
  );
}

import * as vscode from 'vscode';
import { debounced } from '../model/timing/debounce.ts';
import type { Services } from '../services.ts';
import { TIMERS } from '../timers.ts';
import type { FollowedContents } from './contents.ts';
import type { VirtualDocuments } from './documents.ts';

/** Milliseconds without another word after which open diffs are made anew. */
const QUIET = 300;

/** Keeps open diffs true: as the working copy is typed in, and as the agent tells of changes. Plans stay as they were made. */
export function followChanges(
  { environments }: Services,
  documents: VirtualDocuments,
  contents: FollowedContents,
): vscode.Disposable {
  const edited = new Set<string>();

  function refresh(): void {
    for (const subject of documents.subjects()) {
      const repository = environments.byId(subject.environment)?.repository;
      const uri = subject.kind === 'object' ? repository?.uriOf(subject.file).toString() : undefined;
      if ((uri !== undefined && edited.has(uri)) || contents.isOutdated(subject)) documents.refresh(subject);
    }
    edited.clear();
  }

  const soon = debounced(refresh, QUIET, TIMERS);

  return vscode.Disposable.from(
    { dispose: soon.cancel },
    vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      if (contentChanges.length === 0 || environments.of(document.uri) === undefined) return;
      if (documents.subjects().length === 0) return;
      edited.add(document.uri.toString());
      soon.ask();
    }),
    environments.onDidChangeState(({ change }) => {
      if (change.has('status') && documents.subjects().length > 0) soon.ask();
    }),
  );
}

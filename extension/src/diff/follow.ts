import * as vscode from 'vscode';
import type { Services } from '../services.ts';
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
  let timer: NodeJS.Timeout | undefined;

  function refresh(): void {
    for (const subject of documents.subjects()) {
      const repository = environments.byId(subject.environment)?.repository;
      const uri = subject.kind === 'object' ? repository?.uriOf(subject.file).toString() : undefined;
      if ((uri !== undefined && edited.has(uri)) || contents.isOutdated(subject)) documents.refresh(subject);
    }
    edited.clear();
  }

  function soon(): void {
    clearTimeout(timer);
    timer = setTimeout(refresh, QUIET);
  }

  return vscode.Disposable.from(
    { dispose: () => clearTimeout(timer) },
    vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      if (contentChanges.length === 0 || environments.of(document.uri) === undefined) return;
      if (documents.subjects().length === 0) return;
      edited.add(document.uri.toString());
      soon();
    }),
    environments.onDidChangeState(({ change }) => {
      if (change.has('status') && documents.subjects().length > 0) soon();
    }),
  );
}

import * as vscode from 'vscode';
import { coalesced } from '../model/timing/coalesce.ts';
import { debounced } from '../model/timing/debounce.ts';
import type { Services } from '../services.ts';
import { TIMERS } from '../timers.ts';
import { diagnosticOf, SOURCE } from './diagnostic.ts';
import { type Found, lookAtAll } from './look.ts';
import { MANIFEST_FILES } from './manifest-files.ts';
import { createStandings } from './standings.ts';

/** Milliseconds of quiet after a key, and between two looks at what the agent says. */
const PAUSE = 150;

/** What is found in the open files, for who mends it. */
export interface Diagnostics extends vscode.Disposable {
  /** What was found in a document as it is now; nothing while it has not been looked at. */
  of(document: vscode.TextDocument): Found | undefined;
}

/** Keeps the diagnostics of open files, and of what the agent says of any file. */
export function createDiagnostics(services: Services): Diagnostics {
  const { settings, environments, log } = services;
  const collection = vscode.languages.createDiagnosticCollection(SOURCE);
  const standings = createStandings();
  let run = 0;
  let all: readonly Found[] = [];

  async function look(): Promise<void> {
    const own = ++run;
    const isCancelled = () => own !== run;
    const found = settings.read().diagnostics ? await lookAtAll(services, standings, isCancelled) : [];
    if (isCancelled() || found === undefined) return;
    show(collection, all, found);
    all = found;
  }
  const lookNow = () =>
    void look().catch((error: unknown) => log.error(error instanceof Error ? error : String(error)));

  const typed = debounced(lookNow, PAUSE, TIMERS);
  const heard = coalesced(lookNow, PAUSE, TIMERS);
  const askIfOurs = (document: vscode.TextDocument) => {
    if (vscode.languages.match(MANIFEST_FILES, document) > 0) typed.ask();
  };
  const parts = vscode.Disposable.from(
    collection,
    standings,
    heard,
    { dispose: typed.cancel },
    { dispose: () => run++ },
    vscode.workspace.onDidOpenTextDocument(askIfOurs),
    vscode.workspace.onDidCloseTextDocument(askIfOurs),
    vscode.workspace.onDidChangeTextDocument(({ document }) => askIfOurs(document)),
    standings.onDidChange(() => typed.ask()),
    vscode.extensions.onDidChange(() => typed.ask()),
    settings.onDidChange(() => typed.ask()),
    environments.onDidChange(() => typed.ask()),
    environments.onDidChangeState(({ change }) => {
      if (change.has('connection') || change.has('status') || change.has('images')) heard.ask();
    }),
  );
  typed.ask();
  return {
    of: (document) => all.find((it) => it.document === document && it.version === document.version),
    dispose: () => parts.dispose(),
  };
}

const NOTHING = '[]';

/** Tells VS Code only of files about which something else is found than before. */
function show(collection: vscode.DiagnosticCollection, before: readonly Found[], now: readonly Found[]): void {
  const keyOf = ({ uri }: Found) => uri.toString();
  const textOf = ({ findings }: Found) => JSON.stringify(findings.map(({ subject: _, ...shown }) => shown));
  const known = new Map(before.map((it) => [keyOf(it), textOf(it)]));
  const there = new Set(now.map(keyOf));
  for (const gone of before) if (!there.has(keyOf(gone))) collection.delete(gone.uri);
  for (const found of now) {
    if ((known.get(keyOf(found)) ?? NOTHING) === textOf(found)) continue;
    collection.set(
      found.uri,
      found.findings.map((finding) => diagnosticOf(finding, found)),
    );
  }
}

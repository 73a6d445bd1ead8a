import * as vscode from 'vscode';
import { isSameLenses, type LensSpec } from '../model/lenses/lens.ts';
import type { TextRange } from '../model/source/types.ts';
import { coalesced } from '../model/timing/coalesce.ts';
import { debounced } from '../model/timing/debounce.ts';
import type { Services } from '../services.ts';
import { TIMERS } from '../timers.ts';
import { lensSpecsOf } from './lens-specs.ts';
import { MANIFEST_FILES } from './open-sources.ts';

/** Milliseconds between two looks at whether lenses are others; the first word of a change is followed at once. */
const PAUSE = 40;
/**
 * Milliseconds by which VS Code has asked for the lenses of what came in sight or was typed in. Where the person left the
 * editor sooner, as for a view, it gives up asking, and does not ask before they come back.
 */
const ASKED_BY_THEN = 1_000;

/** What VS Code was last given for a document. */
interface Shown {
  readonly version: number;
  readonly specs: readonly LensSpec[];
}

/** Registers the code lenses over workloads and images. */
export function registerLenses(services: Services): vscode.Disposable {
  const provider = createLensProvider(services);
  return vscode.Disposable.from(provider, vscode.languages.registerCodeLensProvider(MANIFEST_FILES, provider));
}

/** Makes what answers VS Code's questions for lenses, and tells it where one that is in sight became another. */
export function createLensProvider(services: Services): vscode.CodeLensProvider & vscode.Disposable {
  const { environments, settings, sources } = services;
  const shown = new Map<vscode.TextDocument, Shown>();
  const changed = new vscode.EventEmitter<void>();
  const specsOf = (document: vscode.TextDocument) => (settings.read().codeLens ? lensSpecsOf(services, document) : []);

  /** Tells where lenses are others; VS Code then asks for those of every document in sight. */
  function look(isDue: (document: vscode.TextDocument, before: Shown | undefined) => boolean): void {
    let isOther = false;
    for (const document of inSight()) {
      const before = shown.get(document);
      if (!isDue(document, before)) continue;
      const specs = specsOf(document);
      if (isSameLenses(before?.specs ?? [], specs)) continue;
      shown.set(document, { version: document.version, specs });
      isOther = true;
    }
    if (isOther) changed.fire();
  }

  // Of a text that is new or has changed VS Code asks by itself.
  const looks = coalesced(() => look(({ version }, before) => before?.version === version), PAUSE, TIMERS);
  const lateLooks = debounced(() => look(() => true), ASKED_BY_THEN, TIMERS);
  const listening = vscode.Disposable.from(
    looks,
    { dispose: lateLooks.cancel },
    changed,
    environments.onDidChangeState(() => looks.ask()),
    environments.onDidChange(() => looks.ask()),
    settings.onDidChange(() => looks.ask()),
    vscode.window.onDidChangeVisibleTextEditors(lateLooks.ask),
    vscode.workspace.onDidChangeTextDocument(({ document }) => {
      if (inSight().has(document)) lateLooks.ask();
    }),
    vscode.workspace.onDidCloseTextDocument((document) => shown.delete(document)),
  );
  // What is in sight when the extension starts is asked about then, or was left by then.
  lateLooks.ask();
  return {
    onDidChangeCodeLenses: changed.event,
    provideCodeLenses(document, token) {
      if (token.isCancellationRequested) return [];
      const specs = specsOf(document);
      if (specs.length > 0) sources.of(document)?.environment?.need();
      if (!document.isClosed) shown.set(document, { version: document.version, specs });
      return specs.map(lensOf);
    },
    dispose: () => listening.dispose(),
  };
}

function inSight(): ReadonlySet<vscode.TextDocument> {
  return new Set(vscode.window.visibleTextEditors.map(({ document }) => document));
}

/** Without a command VS Code shows a lens as text. */
function lensOf({ range, title, tooltip, command }: LensSpec): vscode.CodeLens {
  return new vscode.CodeLens(firstLine(range), {
    title,
    command: command?.id ?? '',
    ...(tooltip === undefined || tooltip === '' ? {} : { tooltip }),
    ...(command === undefined ? {} : { arguments: [...command.arguments] }),
  });
}

/** A lens must not span lines. */
function firstLine({ startLine, startCharacter, endLine, endCharacter }: TextRange): vscode.Range {
  return new vscode.Range(startLine, startCharacter, startLine, endLine === startLine ? endCharacter : startCharacter);
}

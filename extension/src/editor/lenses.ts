import * as vscode from 'vscode';
import { isSameLenses, type LensSpec } from '../model/lenses/lens.ts';
import type { TextRange } from '../model/source/types.ts';
import { coalesced } from '../model/timing/coalesce.ts';
import { debounced } from '../model/timing/debounce.ts';
import type { Services } from '../services.ts';
import { TIMERS } from '../timers.ts';
import { lensSpecsOf } from './lens-specs.ts';

/** Milliseconds between two looks at whether lenses are others; the first word of a change is followed at once. */
const PAUSE = 40;
/**
 * Milliseconds by which VS Code has asked for lenses that are others, or came in sight. Where the person left the editor
 * sooner, as for a view, or another extension came in between, it gave that up, and asks only when it is told once more.
 */
const ASKED_BY_THEN = 1_000;
/** So often it is told once more: where people hide lenses it never asks. */
const TELLINGS = 3;

/** Of a document of which nothing is known; versions of documents are above it. */
const UNKNOWN = 0;

/** The lenses of a document at a time. */
interface Shown {
  readonly version: number;
  readonly specs: readonly LensSpec[];
}

/** Makes the code lenses over workloads and images: what answers VS Code's questions for lenses, and tells it where one that is in sight became another. */
export function createLensProvider(services: Services): vscode.CodeLensProvider & vscode.Disposable {
  const { environments, settings, sources } = services;
  /** As VS Code was last told that they are, or given them. */
  const told = new Map<vscode.TextDocument, Shown>();
  const given = new Map<vscode.TextDocument, Shown>();
  let tellingsLeft = TELLINGS;
  let isNewInSight = true;
  const changed = new vscode.EventEmitter<void>();
  const specsOf = (document: vscode.TextDocument) => (settings.read().codeLens ? lensSpecsOf(services, document) : []);

  /** Whether lenses of what is in sight are others than was known. */
  function areOther(
    known: ReadonlyMap<vscode.TextDocument, Shown>,
    isDue: (it: Shown, now: number) => boolean,
  ): boolean {
    let isOther = false;
    for (const document of inSight()) {
      const { version } = document;
      const before = known.get(document) ?? { version: UNKNOWN, specs: [] };
      if (!isDue(before, version)) continue;
      const specs = specsOf(document);
      if (isSameLenses(before.specs, specs)) continue;
      told.set(document, { version, specs });
      isOther = true;
    }
    return isOther;
  }

  function tell(): void {
    changed.fire();
    lateLooks.ask();
  }

  function look(): void {
    // Of a text that is new or has changed VS Code asks by itself.
    if (!areOther(told, (before, version) => before.version === version)) return;
    tellingsLeft = TELLINGS;
    tell();
  }

  function lookLate(): void {
    const known = isNewInSight ? new Map<vscode.TextDocument, Shown>() : given;
    isNewInSight = false;
    if (tellingsLeft > 0 && areOther(known, () => true)) {
      tellingsLeft--;
      tell();
    }
  }

  function cameInSight(): void {
    isNewInSight = true;
    tellingsLeft = TELLINGS;
    lateLooks.ask();
  }

  const looks = coalesced(look, PAUSE, TIMERS);
  const lateLooks = debounced(lookLate, ASKED_BY_THEN, TIMERS);
  const listening = vscode.Disposable.from(
    looks,
    { dispose: lateLooks.cancel },
    changed,
    environments.onDidChangeState(() => looks.ask()),
    environments.onDidChange(() => looks.ask()),
    settings.onDidChange(() => looks.ask()),
    vscode.window.onDidChangeVisibleTextEditors(cameInSight),
    vscode.workspace.onDidChangeTextDocument(({ document }) => {
      if (inSight().has(document)) lateLooks.ask();
    }),
    vscode.workspace.onDidCloseTextDocument((document) => {
      told.delete(document);
      given.delete(document);
    }),
  );
  cameInSight();
  return {
    onDidChangeCodeLenses: changed.event,
    provideCodeLenses(document, token) {
      if (token.isCancellationRequested) return [];
      const specs = specsOf(document);
      if (specs.length > 0) sources.of(document)?.environment?.need();
      if (!document.isClosed) {
        for (const known of [told, given]) known.set(document, { version: document.version, specs });
      }
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

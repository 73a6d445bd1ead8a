import * as vscode from 'vscode';
import { lazily } from '../lazy.ts';
import type { LaterPart, StartServices } from '../services.ts';
import { MANIFEST_FILES } from './manifest-files.ts';

/** What begins a part of a key, a policy or a tag; in YAML's plain text nothing else asks for completions. */
const TRIGGERS = ['/', '.', ':', '"', "'"];

/** Code lenses, hovers, completions, and quick fixes; with what answers come the diagnostics. */
export function registerEditor({ all }: StartServices): LaterPart {
  const lensesChanged = new vscode.EventEmitter<void>();
  const editor = lazily(async () => {
    const [{ createEditor }, services] = await Promise.all([import('./editor.ts'), all()]);
    const made = createEditor(services);
    made.lenses.onDidChangeCodeLenses?.(() => lensesChanged.fire());
    return made;
  });
  const registered = vscode.Disposable.from(
    editor,
    lensesChanged,
    vscode.languages.registerCodeLensProvider(MANIFEST_FILES, {
      onDidChangeCodeLenses: lensesChanged.event,
      provideCodeLenses: (...asked) => editor.use(({ lenses }) => lenses.provideCodeLenses(...asked)),
    }),
    vscode.languages.registerHoverProvider(MANIFEST_FILES, {
      provideHover: (...asked) => editor.use(({ hovers }) => hovers.provideHover(...asked)),
    }),
    vscode.languages.registerCompletionItemProvider(
      MANIFEST_FILES,
      {
        provideCompletionItems: (...asked) =>
          editor.use(({ completion }) => completion.provideCompletionItems(...asked)),
      },
      ...TRIGGERS,
    ),
    vscode.languages.registerCodeActionsProvider(
      MANIFEST_FILES,
      { provideCodeActions: (...asked) => editor.use(({ lensActions }) => lensActions.provideCodeActions(...asked)) },
      { providedCodeActionKinds: [vscode.CodeActionKind.Empty] },
    ),
    vscode.languages.registerCodeActionsProvider(
      MANIFEST_FILES,
      { provideCodeActions: (...asked) => editor.use(({ quickFixes }) => quickFixes.provideCodeActions(...asked)) },
      { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] },
    ),
  );
  return { load: editor.load, dispose: () => registered.dispose() };
}

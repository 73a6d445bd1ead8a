import * as vscode from 'vscode';
import type { Services } from '../services.ts';
import { createCompletion } from './completion.ts';
import { createDiagnostics } from './diagnostics.ts';
import { createHovers } from './hovers.ts';
import { createLensActions } from './lens-actions.ts';
import { createLensProvider } from './lenses.ts';
import { createQuickFixes } from './quick-fixes.ts';
import { offerSchemas } from './schemas.ts';

/** What answers VS Code's questions about files. */
export interface Editor extends vscode.Disposable {
  readonly lenses: vscode.CodeLensProvider;
  readonly lensActions: vscode.CodeActionProvider;
  readonly quickFixes: vscode.CodeActionProvider;
  readonly hovers: vscode.HoverProvider;
  readonly completion: vscode.CompletionItemProvider;
}

/** Makes it all; diagnostics are shown, and the schema is offered, without being asked for. */
export function createEditor(services: Services): Editor {
  const lenses = createLensProvider(services);
  const diagnostics = createDiagnostics(services);
  const parts = vscode.Disposable.from(lenses, diagnostics, offerSchemas(services));
  return {
    lenses,
    lensActions: createLensActions(services),
    quickFixes: createQuickFixes(services, diagnostics),
    hovers: createHovers(services),
    completion: createCompletion(services),
    dispose: () => parts.dispose(),
  };
}

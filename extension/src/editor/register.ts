import * as vscode from 'vscode';
import type { Services } from '../services.ts';
import { registerCompletion } from './completion.ts';
import { registerDiagnostics } from './diagnostics.ts';
import { registerHovers } from './hovers.ts';
import { registerLensActions } from './lens-actions.ts';
import { registerLenses } from './lenses.ts';
import { registerQuickFixes } from './quick-fixes.ts';
import { registerSchemas } from './schemas.ts';

/** Code lenses, hovers, completions, diagnostics and their quick fixes. */
export function registerEditor(services: Services): vscode.Disposable {
  const diagnostics = registerDiagnostics(services);
  return vscode.Disposable.from(
    registerLenses(services),
    registerLensActions(services),
    diagnostics,
    registerQuickFixes(services, diagnostics),
    registerHovers(services),
    registerCompletion(services),
    registerSchemas(services),
  );
}

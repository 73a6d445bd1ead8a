import * as vscode from 'vscode';
import type { Services } from '../services.ts';

/** Code lenses, hovers, completions, diagnostics and their quick fixes. */
export function registerEditor(_services: Services): vscode.Disposable {
  return vscode.Disposable.from();
}

import * as vscode from 'vscode';
import type { Services } from '../services.ts';

/** The views Environments, Updates and Activity. */
export function registerViews(_services: Services): vscode.Disposable {
  return vscode.Disposable.from();
}

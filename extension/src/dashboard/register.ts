import * as vscode from 'vscode';
import type { Services } from '../services.ts';

/** The dashboard. */
export function registerDashboard(_services: Services): vscode.Disposable {
  return vscode.Disposable.from();
}

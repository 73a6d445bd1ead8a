import * as vscode from 'vscode';
import type { Services } from '../services.ts';

/** The diff editors: working copy and live, last applied, plans, drift; the history of a workload. */
export function registerDiffs(_services: Services): vscode.Disposable {
  return vscode.Disposable.from();
}

import * as vscode from 'vscode';
import type { Services } from '../services.ts';

/** The commands that choose contexts, environments and tokens, the status bar item, and the context keys of welcome views. */
export function registerAgents(_services: Services): vscode.Disposable {
  return vscode.Disposable.from();
}

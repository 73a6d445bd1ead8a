import * as vscode from 'vscode';
import type { Services } from '../services.ts';

/** The commands that change the repository or ask the agent to: release, pin, unpin, automate, policies, sync, suspend, promote. */
export function registerCommands(_services: Services): vscode.Disposable {
  return vscode.Disposable.from();
}

import * as vscode from 'vscode';
import type { SettingsSource } from '../services.ts';
import type { Environments } from './environments.ts';

/** The environments of the open folders. */
export function createEnvironments(
  _context: vscode.ExtensionContext,
  _settings: SettingsSource,
  _log: vscode.LogOutputChannel,
): Environments & vscode.Disposable {
  const none = new vscode.EventEmitter<void>();
  const noChange = new vscode.EventEmitter<never>();
  return {
    all: [],
    of: () => undefined,
    byId: () => undefined,
    onDidChange: none.event,
    onDidChangeState: noChange.event,
    dispose: () => vscode.Disposable.from(none, noChange).dispose(),
  };
}

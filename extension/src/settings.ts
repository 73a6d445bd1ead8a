import * as vscode from 'vscode';
import type { Settings } from './model/settings.ts';
import type { SettingsSource } from './services.ts';

/** The user's settings, and word of their changes. */
export function createSettings(context: vscode.ExtensionContext): SettingsSource {
  const changed = new vscode.EventEmitter<void>();
  context.subscriptions.push(
    changed,
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('weaveflux')) changed.fire();
    }),
  );
  return { read, onDidChange: changed.event };
}

function read(): Settings {
  const configuration = vscode.workspace.getConfiguration('weaveflux');
  const kubeconfig = configuration.get<string>('kubernetes.kubeconfig', '').trim();
  return {
    releaseMode: configuration.get<string>('release.mode') === 'agent' ? 'agent' : 'edit',
    codeLens: configuration.get<boolean>('codeLens.enabled', true),
    diagnostics: configuration.get<boolean>('diagnostics.enabled', true),
    agents: configuration.get<string[]>('agents', []).filter((url) => typeof url === 'string'),
    namespace: configuration.get<string>('kubernetes.namespace', '').trim() || 'weaveflux',
    ...(kubeconfig === '' ? {} : { kubeconfig }),
  };
}

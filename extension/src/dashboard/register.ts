import * as vscode from 'vscode';
import { chooseEnvironment } from '../asking/environment.ts';
import { pageStateSchema, readMessage } from '../model/dashboard/protocol.ts';
import { targetOf } from '../model/target.ts';
import type { Services } from '../services.ts';
import { showDashboard } from './panel.ts';

/** The kind of the panels, as VS Code keeps it over a restart. */
const VIEW_TYPE = 'weaveflux.dashboard';

/** The dashboard: one panel an environment, opened by its command and again after a restart. */
export function registerDashboard(services: Services): vscode.Disposable {
  const panels = new Map<string, vscode.WebviewPanel>();
  // Panels themselves stay: VS Code brings them back after a restart.
  const filled = new Set<vscode.Disposable>();

  function fill(panel: vscode.WebviewPanel, id: string): void {
    const filling = showDashboard(services, panel, id);
    panels.set(id, panel);
    filled.add(filling);
    panel.onDidDispose(() => {
      panels.delete(id);
      filled.delete(filling);
      filling.dispose();
    });
  }

  async function open(argument: unknown): Promise<void> {
    const { id, name } = await chooseEnvironment(services, targetOf(argument), vscode.l10n.t('Open Dashboard'));
    const shown = panels.get(id);
    if (shown !== undefined) shown.reveal();
    else fill(vscode.window.createWebviewPanel(VIEW_TYPE, name, vscode.ViewColumn.Active), id);
  }

  return vscode.Disposable.from(
    vscode.commands.registerCommand('weaveflux.openDashboard', (argument: unknown) =>
      services.run(() => open(argument)),
    ),
    vscode.window.registerWebviewPanelSerializer(VIEW_TYPE, {
      async deserializeWebviewPanel(panel, state) {
        const known = readMessage(pageStateSchema, state);
        // What is not known which environment it showed can show none.
        if (known === undefined || panels.has(known.environment)) panel.dispose();
        else fill(panel, known.environment);
      },
    }),
    { dispose: () => vscode.Disposable.from(...filled).dispose() },
  );
}

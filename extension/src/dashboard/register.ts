import * as vscode from 'vscode';
import type { BasicServices } from '../services.ts';

/** The kind of the panels, as VS Code keeps it over a restart. */
const VIEW_TYPE = 'weaveflux.dashboard';

/** The dashboard: one panel an environment, opened by its command and again after a restart. */
export function registerDashboard(services: BasicServices): vscode.Disposable {
  const panels = new Map<string, vscode.WebviewPanel>();
  // Panels themselves stay: VS Code brings them back after a restart.
  const filled = new Set<vscode.Disposable>();

  async function fill(panel: vscode.WebviewPanel, id: string): Promise<void> {
    let isGone = false;
    panels.set(id, panel);
    panel.onDidDispose(() => {
      isGone = true;
      panels.delete(id);
    });
    const { showDashboard } = await loadPanel();
    if (isGone) return;
    const filling = showDashboard(services, panel, id);
    filled.add(filling);
    panel.onDidDispose(() => {
      filled.delete(filling);
      filling.dispose();
    });
  }

  async function open(argument: unknown): Promise<void> {
    const { environmentFor } = await loadPanel();
    const { id, name } = await environmentFor(services, argument);
    const shown = panels.get(id);
    if (shown !== undefined) shown.reveal();
    else await fill(vscode.window.createWebviewPanel(VIEW_TYPE, name, vscode.ViewColumn.Active), id);
  }

  return vscode.Disposable.from(
    vscode.commands.registerCommand('weaveflux.openDashboard', (argument: unknown) =>
      services.run(() => open(argument)),
    ),
    vscode.window.registerWebviewPanelSerializer(VIEW_TYPE, {
      async deserializeWebviewPanel(panel, state) {
        const { environmentOf } = await loadPanel();
        const environment = environmentOf(state);
        // What is not known which environment it showed can show none.
        if (environment === undefined || panels.has(environment)) panel.dispose();
        else await fill(panel, environment);
      },
    }),
    { dispose: () => vscode.Disposable.from(...filled).dispose() },
  );
}

/** What fills panels is loaded for the first one: the start of the extension does without. */
function loadPanel(): Promise<typeof import('./panel.ts')> {
  return import('./panel.ts');
}

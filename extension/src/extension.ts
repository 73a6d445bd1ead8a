import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { createEnvironments } from './agents/create-environments.ts';
import { registerAgents } from './agents/register.ts';
import { createRun } from './asking/run.ts';
import { createToasts } from './asking/toasts.ts';
import { registerCommands } from './commands/register.ts';
import { registerDashboard } from './dashboard/register.ts';
import { registerDiffs } from './diff/register.ts';
import { registerEditor } from './editor/register.ts';
import { lazily } from './lazy.ts';
import type { BasicServices, LaterPart, Services, StartServices } from './services.ts';
import { createSettings } from './settings.ts';
import { registerViews } from './views/register.ts';

/**
 * Called by VS Code when the extension is first needed. Here everything is registered, and nothing is looked for or read:
 * what answers is loaded by `import()` at its first need, and what shows something by itself right after the start.
 */
export function activate(context: vscode.ExtensionContext): void {
  // What needs no vscode has its texts from the same bundle; in English there is none.
  if (vscode.l10n.bundle !== undefined) l10n.config({ contents: vscode.l10n.bundle });
  const log = vscode.window.createOutputChannel('Weaveflux', { log: true });
  const settings = createSettings(context);
  const environments = createEnvironments(context, settings, log);
  const toasts = createToasts(log);
  const basic: BasicServices = { context, log, toasts, run: createRun(toasts), settings, environments };
  const all = lazily(() => createAll(basic));
  const services: StartServices = { ...basic, all: all.load };

  const editor = registerEditor(services);
  const agents = registerAgents(services, environments);
  const views = registerViews(services);
  context.subscriptions.push(
    log,
    environments,
    all,
    editor,
    agents,
    views,
    registerCommands(services),
    registerDiffs(services),
    registerDashboard(services),
  );
  const loading = setImmediate(() => void loadInTurn([editor, agents, views], log));
  context.subscriptions.push({ dispose: () => clearImmediate(loading) });
}

/** Loads what all parts use that read files. */
async function createAll(basic: BasicServices): Promise<Services & vscode.Disposable> {
  const { createOpenSources } = await import('./editor/open-sources.ts');
  const sources = createOpenSources(basic.environments);
  return { ...basic, sources, dispose: () => sources.dispose() };
}

async function loadInTurn(parts: readonly LaterPart[], log: vscode.LogOutputChannel): Promise<void> {
  for (const part of parts) {
    try {
      await part.load();
    } catch (error) {
      // The next need tries again.
      log.error(error instanceof Error ? error : String(error));
    }
  }
}

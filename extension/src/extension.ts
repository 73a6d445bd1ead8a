import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { createEnvironments } from './agents/create-environments.ts';
import { registerAgents } from './agents/register.ts';
import { createRun } from './asking/run.ts';
import { createToasts } from './asking/toasts.ts';
import { registerCommands } from './commands/register.ts';
import { registerDashboard } from './dashboard/register.ts';
import { registerDiffs } from './diff/register.ts';
import { createOpenSources } from './editor/open-sources.ts';
import { registerEditor } from './editor/register.ts';
import type { Services } from './services.ts';
import { createSettings } from './settings.ts';
import { registerViews } from './views/register.ts';

/** Called by VS Code when the extension is first needed. Nothing is looked for or read here: each part waits to be needed. */
export function activate(context: vscode.ExtensionContext): void {
  // What needs no vscode has its texts from the same bundle; in English there is none.
  if (vscode.l10n.bundle !== undefined) l10n.config({ contents: vscode.l10n.bundle });
  const log = vscode.window.createOutputChannel('Weaveflux', { log: true });
  const settings = createSettings(context);
  const environments = createEnvironments(context, settings, log);
  const sources = createOpenSources(environments);
  const toasts = createToasts(log);
  const run = createRun(toasts);
  const services: Services = { context, log, toasts, run, settings, environments, sources };
  context.subscriptions.push(
    log,
    environments,
    sources,
    registerAgents(services, environments),
    registerEditor(services),
    registerViews(services),
    registerCommands(services),
    registerDiffs(services),
    registerDashboard(services),
  );
}

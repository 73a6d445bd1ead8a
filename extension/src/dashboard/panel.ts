import * as vscode from 'vscode';
import type { Environment } from '../agents/environments.ts';
import { chooseEnvironment } from '../asking/environment.ts';
import { UNKNOWN_STATE } from '../model/agent/state.ts';
import { dashboardOf } from '../model/dashboard/dashboard-of.ts';
import { type HostMessage, pageMessageSchema, pageStateSchema, readMessage } from '../model/dashboard/protocol.ts';
import { targetOf } from '../model/target.ts';
import { coalesced } from '../model/timing/coalesce.ts';
import type { BasicServices } from '../services.ts';
import { TIMERS } from '../timers.ts';
import { act } from './act.ts';
import { createHistoryReader } from './history-reader.ts';
import { fillWebview } from './page.ts';
import { dashboardStrings } from './strings.ts';

/** Milliseconds between two snapshots. */
const PAUSE = 500;
/** Milliseconds after which an environment that did not appear is said not to be open: repositories are found late. */
const SETTLING = 15_000;

/** The id of the environment that a page has kept over a restart; `undefined` where it is not known. */
export function environmentOf(state: unknown): string | undefined {
  return readMessage(pageStateSchema, state)?.environment;
}

/** The environment that the command is called for; asked for where that is open. Errors: NOT_FOUND where none is open. */
export function environmentFor(services: BasicServices, argument: unknown): Promise<Environment> {
  return chooseEnvironment(services, targetOf(argument), vscode.l10n.t('Open Dashboard'));
}

/** Fills a panel with the dashboard of the environment of an id, and keeps it so until it is disposed of. */
export function showDashboard(services: BasicServices, panel: vscode.WebviewPanel, id: string): vscode.Disposable {
  const { environments, settings, log } = services;
  const { webview } = panel;
  /** Whether the page is there and listens; VS Code throws it away while it is hidden. */
  let isListening = false;
  let isSettling = true;
  let name = folderOf(id);
  const snapshots = coalesced(send, PAUSE, TIMERS);
  const history = createHistoryReader(log, snapshots.ask);
  const settled = TIMERS.wait(SETTLING, () => {
    isSettling = false;
    snapshots.ask();
  });

  function title(): string {
    name = environments.byId(id)?.name ?? name;
    return vscode.l10n.t('Weaveflux: {0}', name);
  }

  function send(): void {
    panel.title = title();
    if (!isListening || !panel.visible) return;
    const environment = environments.byId(id);
    if (environment !== undefined) history.refresh(environment);
    const snapshot = dashboardOf(environment?.state ?? (isSettling ? UNKNOWN_STATE : undefined), history.entries, {
      now: new Date(),
      name,
      branch: environment?.repository.branch,
      releaseMode: settings.read().releaseMode,
    });
    post({ kind: 'snapshot', snapshot });
  }

  function post(message: HostMessage): void {
    void webview.postMessage(message);
  }

  function take(data: unknown): void {
    const message = readMessage(pageMessageSchema, data);
    if (message === undefined) log.warn('The dashboard asked for something that it may not ask for.');
    else if (message.kind === 'problem') log.error(`The dashboard: ${message.message}`);
    else if (message.kind === 'act') void act(message.action, id, log);
    else greet();
  }

  function greet(): void {
    isListening = true;
    post({ kind: 'hello', environment: id, locale: vscode.env.language, strings: dashboardStrings() });
    look();
  }

  /** Somebody sees it, or may. */
  function look(): void {
    if (panel.visible) environments.byId(id)?.need();
    else isListening = false;
    snapshots.ask();
  }

  const listening = vscode.Disposable.from(
    { dispose: settled },
    snapshots,
    history,
    webview.onDidReceiveMessage(take),
    panel.onDidChangeViewState(look),
    settings.onDidChange(snapshots.ask),
    environments.onDidChange(look),
    environments.onDidChangeState(({ environment }) => {
      if (environment.id === id) snapshots.ask();
    }),
  );
  panel.title = title();
  fillWebview(webview, services.context.extensionUri, panel.title);
  return listening;
}

/** What an environment is called that is not open (yet): by its folder. */
function folderOf(id: string): string {
  return id.replace(/\/+$/, '').split('/').at(-1) ?? id;
}

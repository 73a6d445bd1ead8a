import * as vscode from 'vscode';
import { environmentNames, pathInside } from '../model/agent/folder-names.ts';
import type { StateChange } from '../model/agent/state.ts';
import type { Settings } from '../model/settings.ts';
import type { SettingsSource } from '../services.ts';
import { createChoices } from './choices.ts';
import { createEnvironment, type ManagedEnvironment } from './environment.ts';
import type { Environment, Environments } from './environments.ts';
import { createRepositories, type OpenRepositories } from './repositories.ts';
import type { Hub } from './session/hub.ts';
import { createTokens, type Tokens } from './tokens.ts';

/** The environments, and what commands need that change how their agents are found. */
export interface ManagedEnvironments extends Environments, vscode.Disposable {
  readonly all: readonly ManagedEnvironment[];
  readonly git: Pick<OpenRepositories, 'state'>;
  readonly tokens: Tokens;
  /** Looks anew for the agent of one, by its id, or of all. */
  reconnect(id?: string): void;
  hub(): Promise<Hub>;
}

/** The environments of the open folders. Nothing reaches out before one is needed. */
export function createEnvironments(
  context: vscode.ExtensionContext,
  settings: SettingsSource,
  log: vscode.LogOutputChannel,
): ManagedEnvironments {
  const changed = new vscode.EventEmitter<void>();
  const stateChanged = new vscode.EventEmitter<{ environment: Environment; change: StateChange }>();
  const repositories = createRepositories(log);
  const tokens = createTokens(context);
  const choices = createChoices(context.workspaceState);
  const open = new Map<string, ManagedEnvironment>();
  let loading: Promise<Hub> | undefined;
  let loaded: Hub | undefined;
  let place = placeKey(settings.read());

  function hub(): Promise<Hub> {
    loading ??= loadHub(settings, tokens).then(
      (hub) => {
        loaded = hub;
        return hub;
      },
      (error: unknown) => {
        loading = undefined;
        throw error;
      },
    );
    return loading;
  }

  const all = () => [...open.values()].sort((a, b) => placeOf(a) - placeOf(b) || (a.id < b.id ? -1 : 1));

  function reconnect(which: (environment: ManagedEnvironment) => boolean): void {
    loaded?.forget();
    for (const environment of open.values()) if (which(environment)) environment.reconnect();
  }

  function update(): void {
    const found = new Map(repositories.all.map((repository) => [repository.root.toString(), repository]));
    for (const [id, environment] of open) {
      if (found.get(id) === environment.repository) continue;
      open.delete(id);
      environment.dispose();
    }
    for (const [id, repository] of found) {
      if (open.has(id)) continue;
      const environment = createEnvironment(repository, { hub, choices, log });
      open.set(id, environment);
      environment.onDidChange((change) => {
        if (change.has('status')) name();
        stateChanged.fire({ environment, change });
      });
    }
    name();
    changed.fire();
  }

  /** The name of one may depend on the others. */
  function name(): void {
    const named = all();
    const names = environmentNames(
      named.map(({ repository, environment }) => ({ root: repository.root.path, environment })),
    );
    let isOther = false;
    for (const [index, environment] of named.entries()) {
      const now = names[index] ?? environment.name;
      isOther ||= environment.name !== now;
      environment.name = now;
    }
    if (isOther) changed.fire();
  }

  const subscriptions = [
    changed,
    stateChanged,
    repositories,
    tokens,
    repositories.onDidChange(update),
    settings.onDidChange(() => {
      const now = placeKey(settings.read());
      if (now === place) return;
      place = now;
      reconnect(() => true);
    }),
    tokens.onDidChange((origin) =>
      reconnect(
        ({ state }) => state.connection.kind !== 'connected' || state.agent?.split(' ').includes(origin) === true,
      ),
    ),
    vscode.window.onDidChangeWindowState(({ focused }) => {
      if (focused) for (const environment of open.values()) environment.nudge();
    }),
  ];
  update();
  return {
    get all() {
      return all();
    },
    of: (uri) => innermost(all().filter(({ repository }) => repository.pathOf(uri) !== undefined)),
    byId: (id) => open.get(id),
    repositoryAt: async (folder) =>
      innermost(all().filter(({ repository }) => repository.pathOf(folder) !== undefined))?.repository ??
      repositories.elsewhere(folder),
    onDidChange: changed.event,
    onDidChangeState: stateChanged.event,
    git: repositories,
    tokens,
    reconnect: (id) => reconnect((environment) => id === undefined || environment.id === id),
    hub,
    dispose() {
      for (const environment of open.values()) environment.dispose();
      loaded?.dispose();
      vscode.Disposable.from(...subscriptions).dispose();
    },
  };
}

/** Environments stand in the order of the workspace's folders, which is a person's own. */
function placeOf({ repository: { root } }: Environment): number {
  const folders = vscode.workspace.workspaceFolders ?? [];
  const place = folders.findIndex(
    ({ uri }) => (pathInside(uri.path, root.path, false) ?? pathInside(root.path, uri.path, false)) !== undefined,
  );
  return place < 0 ? folders.length : place;
}

/** A file of a submodule is the submodule's. */
function innermost(holding: readonly ManagedEnvironment[]): ManagedEnvironment | undefined {
  return holding.reduce<ManagedEnvironment | undefined>(
    (deepest, each) =>
      deepest === undefined || each.repository.root.path.length > deepest.repository.root.path.length ? each : deepest,
    undefined,
  );
}

/** The settings by which agents are looked for. */
function placeKey({ agents, kubeconfig, namespace }: Settings): string {
  return JSON.stringify([agents, kubeconfig, namespace]);
}

async function loadHub(settings: SettingsSource, tokens: Tokens): Promise<Hub> {
  const { createHub } = await import('./session/hub.ts');
  return createHub({
    settings: () => settings.read(),
    tokens,
    env: process.env,
    isWatched: () => vscode.window.state.focused,
    now: () => performance.now(),
  });
}

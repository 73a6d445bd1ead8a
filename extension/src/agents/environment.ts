import { WeavefluxError } from '@weaveflux/shared/errors';
import type { ApiClient } from '@weaveflux/shared/node';
import * as vscode from 'vscode';
import { lastPart } from '../model/agent/folder-names.ts';
import type { AgentOffer } from '../model/agent/match-repository.ts';
import { type AgentState, type StateChange, UNKNOWN_STATE } from '../model/agent/state.ts';
import { changeOf } from '../model/agent/transitions.ts';
import type { Choice, Choices } from './choices.ts';
import { createEmitter } from './emitter.ts';
import type { Environment } from './environments.ts';
import type { Repository } from './git.ts';
import { requestedBy } from './person.ts';
import type { Hub } from './session/hub.ts';
import type { Session } from './session/session.ts';

/** An environment, and what a person can do about how its agent is found. */
export interface ManagedEnvironment extends Environment, vscode.Disposable {
  /** What people call it, once all names are known. */
  name: string;
  /** The agent's environment, once it is known. */
  readonly environment: string | undefined;
  readonly choice: Choice;
  /** Remembers the choice, and looks anew by it. */
  choose(choice: Choice): Promise<void>;
  /** Every agent of the repository, whatever its branch. */
  offers(): Promise<readonly AgentOffer[]>;
  /** Looks anew at once. */
  reconnect(): void;
  /** Looks anew where there is no connection and the last look is a while ago. */
  nudge(): void;
}

/** What an environment needs of the rest of the extension. */
export interface EnvironmentPorts {
  /** Loads what reaches out, at the first call. */
  readonly hub: () => Promise<Hub>;
  readonly choices: Choices;
  readonly log: vscode.LogOutputChannel;
}

/** The environment of a repository. Its agent is looked for at the first need, and only in a trusted workspace. */
export function createEnvironment(repository: Repository, ports: EnvironmentPorts): ManagedEnvironment {
  const { log, choices } = ports;
  const failed = (error: unknown) => log.error(error instanceof Error ? error : String(error));
  const changed = createEmitter<StateChange>(failed);
  const choice = () => choices.of(repository.root);
  let state: AgentState = vscode.workspace.isTrusted
    ? UNKNOWN_STATE
    : { ...UNKNOWN_STATE, connection: { kind: 'restricted' } };
  let opening: Promise<Session> | undefined;
  let session: Session | undefined;
  let isDisposed = false;
  let matched = matchKey();

  function matchKey(): string {
    return JSON.stringify([repository.remotes, repository.branch]);
  }

  function turn(after: AgentState): void {
    const change = changeOf(state, after);
    state = after;
    if (change.size > 0 && !isDisposed) changed.fire(change);
  }

  async function open(): Promise<Session> {
    const hub = await ports.hub();
    const opened = hub.open({
      repository: () => repository,
      context: () => choice().context,
      chosen: () => choice().agent,
      changed: turn,
      log: (sentence) => log.info(`${environment.name}: ${sentence}`),
    });
    session = opened;
    if (isDisposed) opened.dispose();
    return opened;
  }

  /** Begins, where that has not been done. */
  function begun(): Promise<Session> {
    opening ??= open().catch((error: unknown) => {
      opening = undefined;
      failed(error);
      const message = vscode.l10n.t('What speaks with agents could not be loaded; the log says why.');
      turn({ ...state, connection: { kind: 'lost', message } });
      throw error;
    });
    return opening;
  }

  const subscriptions = [
    changed,
    repository.onDidChange(() => {
      const now = matchKey();
      if (now === matched) return;
      matched = now;
      environment.reconnect();
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(() => {
      if (state.connection.kind === 'restricted') turn({ ...state, connection: { kind: 'idle' } });
    }),
  ];

  const environment: ManagedEnvironment = {
    id: repository.root.toString(),
    name: lastPart(repository.root.path),
    repository,
    get state() {
      return state;
    },
    get environment() {
      return state.status?.environment;
    },
    get choice() {
      return choice();
    },
    onDidChange: changed.event,
    need() {
      if (!vscode.workspace.isTrusted || isDisposed) return;
      if (session !== undefined) session.nudge();
      else void begun().catch(() => undefined); // Told by `begun`.
    },
    async client(): Promise<ApiClient> {
      if (!vscode.workspace.isTrusted) throw restricted();
      return (await begun()).client();
    },
    requestedBy: () => requestedBy(repository),
    async choose(chosen) {
      await choices.set(repository.root, chosen);
      environment.reconnect();
      environment.need();
    },
    offers: async () => (await ports.hub()).offers(repository, choice().context),
    reconnect: () => session?.again(),
    nudge: () => session?.nudge(),
    dispose() {
      isDisposed = true;
      session?.dispose();
      vscode.Disposable.from(...subscriptions).dispose();
    },
  };
  return environment;
}

function restricted(): WeavefluxError {
  return new WeavefluxError(
    'FORBIDDEN',
    vscode.l10n.t('In Restricted Mode no agent is asked; trust the workspace first.'),
  );
}

import type { RequestedBy } from '@weaveflux/shared';
import type { ApiClient } from '@weaveflux/shared/node';
import type * as vscode from 'vscode';
import type { AgentState, StateChange } from '../model/agent/state.ts';
import type { Repository } from './git.ts';

/** One environment repository that is open, and the agent that keeps its environment. */
export interface Environment {
  /** Stable over restarts: the repository's root as a URI. */
  readonly id: string;
  /** What people call it: the agent's environment once known, with the folder's name where several are open. */
  readonly name: string;
  readonly repository: Repository;
  readonly state: AgentState;
  /** Fired after `state` is another. */
  readonly onDidChange: vscode.Event<StateChange>;
  /** Somebody looks: connects, where that has not begun. Cheap, never throws, does nothing in Restricted Mode. */
  need(): void;
  /** The agent's API. Errors: WeavefluxErrors with a sentence to show, where there is no connection. */
  client(): Promise<ApiClient>;
  /** Who acts, by git's user.name and user.email. */
  requestedBy(): Promise<RequestedBy>;
}

/** The environments of the open folders. */
export interface Environments {
  readonly all: readonly Environment[];
  /** The one whose repository holds a file. */
  of(uri: vscode.Uri): Environment | undefined;
  byId(id: string): Environment | undefined;
  /** The repository that holds a folder, also one outside of the workspace: it is opened where it can be. */
  repositoryAt(folder: vscode.Uri): Promise<Repository | undefined>;
  /** Environments appeared, went, or were renamed. */
  readonly onDidChange: vscode.Event<void>;
  /** Any environment's state is another. */
  readonly onDidChangeState: vscode.Event<{ readonly environment: Environment; readonly change: StateChange }>;
}

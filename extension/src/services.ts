import type * as vscode from 'vscode';
import type { Environments } from './agents/environments.ts';
import type { Run } from './asking/run.ts';
import type { Toasts } from './asking/toasts.ts';
import type { OpenSources } from './editor/sources.ts';
import type { Settings } from './model/settings.ts';

/** What every part of the extension is given. */
export interface Services {
  readonly context: vscode.ExtensionContext;
  /** The output channel `Weaveflux`. Secrets never get here. */
  readonly log: vscode.LogOutputChannel;
  /** One set for all parts, so that none repeats what another has open. */
  readonly toasts: Toasts;
  readonly run: Run;
  readonly settings: SettingsSource;
  readonly environments: Environments;
  readonly sources: OpenSources;
}

/** The settings as they are now. */
export interface SettingsSource {
  read(): Settings;
  readonly onDidChange: vscode.Event<void>;
}

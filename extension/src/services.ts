import type * as vscode from 'vscode';
import type { Environments } from './agents/environments.ts';
import type { Run } from './asking/run.ts';
import type { Toasts } from './asking/toasts.ts';
import type { OpenSources } from './editor/sources.ts';
import type { Settings } from './model/settings.ts';

/** What is at hand from the start. */
export interface BasicServices {
  readonly context: vscode.ExtensionContext;
  /** The output channel `Weaveflux`. Secrets never get here. */
  readonly log: vscode.LogOutputChannel;
  /** One set for all parts, so that none repeats what another has open. */
  readonly toasts: Toasts;
  readonly run: Run;
  readonly settings: SettingsSource;
  readonly environments: Environments;
}

/** What every part of the extension is given. */
export interface Services extends BasicServices {
  readonly sources: OpenSources;
}

/** What registers a part is given at the start; the part itself, when it is loaded, gets all services. */
export interface StartServices extends BasicServices {
  /** Loads what reads files, which is much, at the first call. */
  readonly all: () => Promise<Services>;
}

/** A part that is registered, and whose work is loaded at its first need. */
export interface LaterPart extends vscode.Disposable {
  /** Loads it now. */
  load(): Promise<unknown>;
}

/** The settings as they are now. */
export interface SettingsSource {
  read(): Settings;
  readonly onDidChange: vscode.Event<void>;
}

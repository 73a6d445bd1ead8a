import type * as vscode from 'vscode';
import type { Environment } from '../agents/environments.ts';
import type { FileSource } from '../model/source/types.ts';

/** An open document as Weaveflux reads it, and the environment that it belongs to. */
export interface OpenSource {
  readonly document: vscode.TextDocument;
  readonly source: FileSource;
  /** Absent where no environment's repository holds it. */
  readonly environment: Environment | undefined;
}

/** Reads open documents that may hold manifests; one reading serves lenses, hovers, diagnostics and commands. */
export interface OpenSources extends vscode.Disposable {
  /** The document as it is now; `undefined` where it is no YAML or JSON that belongs to us. Never throws. */
  of(document: vscode.TextDocument): OpenSource | undefined;
}

import { SETTINGS_FILE } from '@weaveflux/shared';
import * as vscode from 'vscode';
import type { Environment, Environments } from '../agents/environments.ts';
import { createSourceReader } from '../model/source/reader.ts';
import type { SourceReader } from '../model/source/types.ts';
import type { OpenSource, OpenSources } from './sources.ts';

const LANGUAGES = new Set(['yaml', 'json', 'jsonc', 'dockercompose']);

/** A document as it was last asked about. */
interface Asked {
  readonly reader: SourceReader;
  readonly version: number;
  readonly path: string;
  readonly environment: Environment | undefined;
  readonly open: OpenSource | undefined;
}

/** Reads open documents on demand. */
export function createOpenSources(environments: Environments): OpenSources {
  const asked = new Map<vscode.TextDocument, Asked>();
  const closing = vscode.workspace.onDidCloseTextDocument((document) => asked.delete(document));
  return {
    of(document) {
      const environment = environmentOf(environments, document);
      if (!isManifestFile(document) || (environment === undefined && !isInWorkspace(document))) return undefined;
      const path = environment?.repository.pathOf(document.uri) ?? vscode.workspace.asRelativePath(document.uri);
      const before = asked.get(document);
      if (before !== undefined && before.version === document.version && before.path === path) {
        if (before.environment === environment) return before.open;
      }
      const reader = before?.path === path ? before.reader : createSourceReader();
      const open = read(reader, path, document, environment);
      if (!document.isClosed) asked.set(document, { reader, version: document.version, path, environment, open });
      return open;
    },
    dispose() {
      closing.dispose();
      asked.clear();
    },
  };
}

function read(
  reader: SourceReader,
  path: string,
  document: vscode.TextDocument,
  environment: Environment | undefined,
): OpenSource | undefined {
  const text = document.getText();
  // Most YAML and JSON is no manifest; this costs less than reading it.
  if (!text.includes('apiVersion') || !text.includes('kind')) return undefined;
  return { document, source: reader.read(path, text), environment };
}

/** Of a revision that a diff editor shows, the repository holds the path and not the document. */
function environmentOf(environments: Environments, { uri }: vscode.TextDocument): Environment | undefined {
  const environment = environments.of(uri);
  return environment?.repository.root.scheme === uri.scheme ? environment : undefined;
}

function isInWorkspace({ uri }: vscode.TextDocument): boolean {
  return vscode.workspace.getWorkspaceFolder(uri) !== undefined;
}

function isManifestFile({ uri, languageId }: vscode.TextDocument): boolean {
  const name = uri.path.slice(uri.path.lastIndexOf('/') + 1);
  return name !== SETTINGS_FILE && (LANGUAGES.has(languageId) || /\.(ya?ml|json)$/i.test(name));
}

import { asWeavefluxError, ENVIRONMENT_GROUP, ENVIRONMENT_KIND } from '@weaveflux/shared';
import * as vscode from 'vscode';
import type { Services } from '../services.ts';
import { yamlApi } from './yaml-extension.ts';

/** A scheme of our own: the YAML extension knows by it whom to ask for the text. */
const SCHEME = 'weaveflux-schema';
const ENVIRONMENT_SCHEMA = `${SCHEME}://schemas/environment.json`;

/** Gives the YAML extension, where it is installed, the schema of files that hold an Environment: no file's name tells of these. */
export function offerSchemas({ context, sources, log }: Services): vscode.Disposable {
  let isRegistered = false;

  async function register(): Promise<void> {
    try {
      const api = isRegistered ? undefined : await yamlApi();
      if (api === undefined || isRegistered) return;
      isRegistered = true;
      api.registerContributor(SCHEME, schemaOf, () => textOf(context.extensionUri));
    } catch (error) {
      // Without it the file is only not checked by its schema.
      log.warn(`The YAML extension did not take the schema of Environment: ${asWeavefluxError(error).message}`);
    }
  }

  function schemaOf(uri: string): string | undefined {
    const document = vscode.workspace.textDocuments.find((it) => it.uri.toString() === uri);
    const manifests = (document && sources.of(document)?.source.manifests) ?? [];
    const holds = manifests.some(
      ({ manifest: { id } }) => id.group === ENVIRONMENT_GROUP && id.kind === ENVIRONMENT_KIND,
    );
    return holds ? ENVIRONMENT_SCHEMA : undefined;
  }

  void register();
  return vscode.extensions.onDidChange(() => void register());
}

async function textOf(extension: vscode.Uri): Promise<string> {
  const file = vscode.Uri.joinPath(extension, 'schemas', 'environment.json');
  return new TextDecoder().decode(await vscode.workspace.fs.readFile(file));
}

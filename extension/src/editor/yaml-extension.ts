import * as vscode from 'vscode';

/** The extension that checks YAML by schemas, where people have it; ours works without it. */
const YAML_EXTENSION = 'redhat.vscode-yaml';

/** What of its API is used here. */
export interface YamlApi {
  /**
   * `scheme` is that of the URIs which `schemaOf` gives for documents, `undefined` where it has none; `contentOf` gives the schema's
   * text. False where the scheme is taken.
   */
  registerContributor(
    scheme: string,
    schemaOf: (document: string) => string | undefined,
    contentOf: (schema: string) => Promise<string> | string,
  ): boolean;
}

/** Whether something beside us underlines what is no YAML or JSON in a document. */
export function hasSyntaxCheck({ languageId, uri }: vscode.TextDocument): boolean {
  if (languageId === 'json' || languageId === 'jsonc') return true;
  return languageId === 'yaml' && isYamlChecked(uri);
}

/** Whether the YAML extension checks a document. */
export function isYamlChecked(uri: vscode.Uri): boolean {
  if (vscode.extensions.getExtension(YAML_EXTENSION) === undefined) return false;
  return vscode.workspace.getConfiguration('yaml', uri).get('validate', true);
}

/** The API of the YAML extension; `undefined` where it is not there or has another. */
export async function yamlApi(): Promise<YamlApi | undefined> {
  const api: unknown = await vscode.extensions.getExtension(YAML_EXTENSION)?.activate();
  return isYamlApi(api) ? api : undefined;
}

function isYamlApi(api: unknown): api is YamlApi {
  return (
    typeof api === 'object' &&
    api !== null &&
    'registerContributor' in api &&
    typeof api.registerContributor === 'function'
  );
}

import * as vscode from 'vscode';

const SCHEME = 'weaveflux-text';

/** Texts that are shown and belong to no file. */
export interface VirtualTexts extends vscode.Disposable {
  /** A read-only document; its path says in tabs what it is, and by its ending in which language. */
  put(path: string, text: string): vscode.Uri;
}

/** Texts that are remembered until their documents are closed. */
export function createVirtualTexts(): VirtualTexts {
  const texts = new Map<string, string>();
  let last = 0;
  const registered = vscode.Disposable.from(
    vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
      provideTextDocumentContent: (uri) => texts.get(uri.toString()) ?? '',
    }),
    vscode.workspace.onDidCloseTextDocument(({ uri }) => {
      if (uri.scheme === SCHEME) texts.delete(uri.toString());
    }),
  );
  return {
    put(path, text) {
      last += 1;
      const uri = vscode.Uri.from({
        scheme: SCHEME,
        path: path.startsWith('/') ? path : `/${path}`,
        query: String(last),
      });
      texts.set(uri.toString(), text);
      return uri;
    },
    dispose: () => registered.dispose(),
  };
}

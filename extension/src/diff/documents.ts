import { asWeavefluxError } from '@weaveflux/shared';
import * as vscode from 'vscode';
import { type Address, encodeAddress, parseAddress, type Subject, subjectKey } from '../model/diff/address.ts';
import { commented, type Sides } from '../model/diff/document.ts';
import { SCHEME } from '../model/diff/scheme.ts';

/** Where the texts of virtual documents come from. */
export interface Contents {
  /** The texts as they are now. Errors: a sentence to show. */
  sides(subject: Subject): Promise<Sides>;
  /** Nobody looks at it any more. */
  forget(subject: Subject): void;
}

/** The documents of the scheme `weaveflux:`, read-only. Texts are kept no longer than their documents are open. */
export interface VirtualDocuments extends vscode.Disposable {
  /** Makes the texts anew, so that opening shows them at once. Errors: a sentence to show. */
  prepare(subject: Subject): Promise<void>;
  uri(subject: Subject, side: Address['side']): vscode.Uri;
  /** The text of a document. Never rejects: what is wrong stands in the text. */
  text(uri: vscode.Uri): Promise<string>;
  /** What is open. */
  subjects(): readonly Subject[];
  /** The texts may be others now. */
  refresh(subject: Subject): void;
}

/** Documents with these contents. `changed` hears which of them have other texts. */
export function createVirtualDocuments(contents: Contents, changed: (uri: vscode.Uri) => void): VirtualDocuments {
  const made = new Map<string, Promise<Sides>>();

  function sides(subject: Subject): Promise<Sides> {
    const key = subjectKey(subject);
    const known = made.get(key);
    if (known !== undefined) return known;
    const making = contents.sides(subject);
    made.set(key, making);
    // What failed is tried again when it is asked for again; who asks now hears of it.
    making.catch(() => {
      if (made.get(key) === making) made.delete(key);
    });
    return making;
  }

  function refresh(subject: Subject): void {
    const key = subjectKey(subject);
    made.delete(key);
    for (const { uri, address } of openDocuments()) if (subjectKey(address.subject) === key) changed(uri);
  }

  async function text(uri: vscode.Uri): Promise<string> {
    const address = parseAddress(uri);
    if (address === undefined) return commented([vscode.l10n.t('This address shows nothing.')], '');
    try {
      return (await sides(address.subject))[address.side];
    } catch (error) {
      return commented([asWeavefluxError(error).message], '');
    }
  }

  function forget(uri: vscode.Uri): void {
    const address = uri.scheme === SCHEME ? parseAddress(uri) : undefined;
    if (address === undefined) return;
    const key = subjectKey(address.subject);
    if (openDocuments().some((other) => subjectKey(other.address.subject) === key)) return;
    made.delete(key);
    contents.forget(address.subject);
  }

  const closing = vscode.workspace.onDidCloseTextDocument(({ uri }) => forget(uri));
  return {
    async prepare(subject) {
      contents.forget(subject);
      refresh(subject);
      await sides(subject);
    },
    uri: (subject, side) => vscode.Uri.from({ scheme: SCHEME, ...encodeAddress({ subject, side }) }),
    text,
    subjects: () => {
      const open = openDocuments().map(({ address }) => address.subject);
      return [...new Map(open.map((subject) => [subjectKey(subject), subject])).values()];
    },
    refresh,
    dispose: () => closing.dispose(),
  };
}

function openDocuments(): { uri: vscode.Uri; address: Address }[] {
  return vscode.workspace.textDocuments.flatMap(({ uri, isClosed }) => {
    const address = uri.scheme === SCHEME && !isClosed ? parseAddress(uri) : undefined;
    return address === undefined ? [] : [{ uri, address }];
  });
}

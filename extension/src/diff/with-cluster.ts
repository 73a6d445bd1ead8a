import * as vscode from 'vscode';
import type { Subject } from '../model/diff/address.ts';
import { objectFor } from './chosen.ts';
import type { DiffCommand } from './context.ts';
import { inPassing, openDiff } from './open.ts';

/** Shows an object as it is in the cluster beside what the working copy says. */
export const diffWithCluster: DiffCommand = async ({ services, documents }, argument) => {
  const { environment, file, source } = await objectFor(services, argument, vscode.l10n.t('Diff with Cluster'));
  const { name } = source.manifest.id;
  const subject: Subject = { kind: 'object', environment: environment.id, file, object: source.key };
  await inPassing(vscode.l10n.t('Asking for {0}', source.name), () => documents.prepare(subject));
  const title = vscode.l10n.t('{0}: cluster ↔ working copy', name);
  await openDiff(documents.uri(subject, 'left'), documents.uri(subject, 'right'), title);
};

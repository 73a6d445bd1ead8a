import { WeavefluxError } from '@weaveflux/shared';
import * as vscode from 'vscode';
import { chooseEnvironment } from '../asking/environment.ts';
import type { Subject } from '../model/diff/address.ts';
import { objectNamed } from '../model/diff/choose.ts';
import { drifted } from '../model/diff/drift-sides.ts';
import { targetOf } from '../model/target.ts';
import type { DiffCommand } from './context.ts';
import { statusOf } from './environment.ts';
import { inPassing, openChanges, openDiff } from './open.ts';

/** Shows in what an object, or everything that drifted, differs from the repository, with who changed it and when. */
export const showDrift: DiffCommand = async ({ services, documents, toasts, inBackground }, argument) => {
  const target = targetOf(argument);
  const environment = await chooseEnvironment(services, target, vscode.l10n.t('Show Drift'));
  const { objects } = await statusOf(environment);
  const wanted = target.workload === undefined ? undefined : objectNamed(objects, target.workload);
  if (target.workload !== undefined && wanted === undefined) {
    const message = vscode.l10n.t('{0} has no object called {1}.', environment.name, target.workload);
    throw new WeavefluxError('NOT_FOUND', message);
  }
  const found = drifted(wanted === undefined ? objects : [wanted]);
  const [first, ...others] = found;
  if (first === undefined) {
    const what = wanted?.name ?? environment.name;
    inBackground(async () => void (await toasts.info(vscode.l10n.t('{0} is as the repository says.', what))));
    return;
  }
  const subjectOf = (object: string): Subject => ({ kind: 'drift', environment: environment.id, object });
  if (others.length === 0) {
    const subject = subjectOf(first.key);
    await inPassing(vscode.l10n.t('Asking for {0}', first.name), () => documents.prepare(subject));
    const title = vscode.l10n.t('{0}: cluster ↔ repository', first.name);
    return openDiff(documents.uri(subject, 'left'), documents.uri(subject, 'right'), title);
  }
  const changes = found.map(({ key }) => {
    const [left, right] = [documents.uri(subjectOf(key), 'left'), documents.uri(subjectOf(key), 'right')];
    return [right, left, right] as const;
  });
  await openChanges(changes, vscode.l10n.t('Drift: {0} ↔ repository', environment.name));
};

import * as vscode from 'vscode';
import { askText } from '../../asking/ask.ts';
import { sayInPassing } from '../../asking/toasts.ts';
import { pinOf, unpinOf } from '../../model/changes/wishes.ts';
import { targetOf } from '../../model/target.ts';
import { type Subject, subjectFor } from '../../subject/subject.ts';
import type { Command } from '../context.ts';
import type { Wish } from '../editing/edit.ts';
import { editAndOffer } from '../editing/edit-and-offer.ts';

/** `weaveflux.pin`: keeps a workload or container at its tag, with the reason beside it. */
export const pinCommand: Command = async (context, argument) => {
  const title = vscode.l10n.t('Pin');
  const subject = await subjectFor(context.services, targetOf(argument), { title, what: 'workload' });
  const before = reasonOf(subject);
  const reason = await askText({
    title: vscode.l10n.t('Pin {0}', whatOf(subject)),
    prompt: vscode.l10n.t('Why? It is written beside the pin; press Enter for no reason.'),
    placeHolder: vscode.l10n.t('for example: until the audit is over'),
    ...(before === undefined ? {} : { value: before }),
  });
  const changes: Wish['changes'] = (workload) => [pinOf(workload, subject.container, reason)];
  const done = vscode.l10n.t('Pinned {0}', whatOf(subject));
  await editAndOffer(context, { environment: subject.environment, wishes: [{ subject, changes }], done });
};

/** `weaveflux.unpin`: ends a pin; who and why go with it. */
export const unpinCommand: Command = async (context, argument) => {
  const title = vscode.l10n.t('Unpin');
  const subject = await subjectFor(context.services, targetOf(argument), { title, what: 'workload' });
  if (subject.workload !== undefined && unpinOf(subject.workload, subject.container) === undefined) {
    sayInPassing(vscode.l10n.t('{0} is not pinned.', whatOf(subject)));
    return;
  }
  const changes: Wish['changes'] = (workload) => [unpinOf(workload, subject.container) ?? []].flat();
  const done = vscode.l10n.t('Unpinned {0}', whatOf(subject));
  await editAndOffer(context, { environment: subject.environment, wishes: [{ subject, changes }], done });
};

function reasonOf({ workload, container }: Subject): string | undefined {
  const policies = [...(workload?.policies.containers.values() ?? [])];
  const pinned = policies.find(
    (policy) => policy.pinned && (container === undefined || policy.container === container),
  );
  return pinned?.pinMessage;
}

function whatOf({ name, container, workload }: Subject): string {
  const isOnly = workload === undefined || workload.containers.length === 1;
  return container === undefined || isOnly ? name : vscode.l10n.t('{0} of {1}', container, name);
}

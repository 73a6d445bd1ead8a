import { WeavefluxError } from '@weaveflux/shared';
import * as vscode from 'vscode';
import { isFileAt, withCommit } from '../asking/in-clone.ts';
import { shortRevision } from '../model/names.ts';
import { fileFor } from './chosen.ts';
import type { DiffCommand } from './context.ts';
import { statusOf } from './environment.ts';
import { openDiff } from './open.ts';

/** Shows a file as it was when it was last applied beside the working copy. */
export const diffWithApplied: DiffCommand = async (context, argument) => {
  const title = vscode.l10n.t('Diff with Last Applied');
  const { environment, file, uri } = await fileFor(context.services, argument, title);
  const { repository, name } = environment;
  const { appliedRevision: revision } = (await statusOf(environment)).sync;
  if (revision === undefined)
    throw new WeavefluxError('NOT_FOUND', vscode.l10n.t('No commit has been applied to {0} yet.', name));
  const short = shortRevision(revision);
  await withCommit(context.services, repository, revision, async () => {
    if (!(await isFileAt(repository, file, revision)))
      throw new WeavefluxError('NOT_FOUND', vscode.l10n.t('{0} is not in commit {1}, which is applied.', file, short));
    const base = file.slice(file.lastIndexOf('/') + 1);
    await openDiff(repository.at(file, revision), uri, vscode.l10n.t('{0}: applied {1} ↔ working copy', base, short));
  });
};

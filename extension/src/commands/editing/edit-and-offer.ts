import * as vscode from 'vscode';
import type { Environment } from '../../agents/environments.ts';
import { commitMessageOf } from '../../model/changes/commit-message.ts';
import type { CommandContext } from '../context.ts';
import { offerCommit } from './commit.ts';
import { editSubjects, type Wish } from './edit.ts';

/** Edits of one repository. */
export interface EditOffer {
  /** Absent where no repository holds the files: then nothing is offered. */
  readonly environment: Environment | undefined;
  readonly wishes: readonly Wish[];
  /** What was done, in a few words; absent = the subject of the commit. */
  readonly done?: string;
}

/** Edits the YAML as one step to undo, then offers once to commit it. Errors: where nothing could be edited. */
export async function editAndOffer(context: CommandContext, offer: EditOffer): Promise<void> {
  const { environment, wishes } = offer;
  const { files, images, outcomes } = await editSubjects(context, wishes);
  if (files.length === 0 || environment === undefined) return;
  const message = commitMessageOf(images, outcomes);
  const [subject = ''] = message.split('\n');
  const done = vscode.l10n.t('{0} in {1}: edited, not yet committed.', offer.done ?? subject, environment.name);
  offerCommit(context, { repository: environment.repository, files, message, done });
}

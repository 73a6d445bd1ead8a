import { WeavefluxError } from '@weaveflux/shared';
import * as vscode from 'vscode';
import type { Repository } from '../agents/git.ts';
import { shortRevision } from '../model/names.ts';
import type { Services } from '../services.ts';
import { withProgress } from './ask.ts';

/** Goes on where a commit is in the clone; else says so and offers to fetch it first. */
export async function withCommit(
  { toasts, run }: Pick<Services, 'toasts' | 'run'>,
  repository: Repository,
  revision: string,
  goOn: () => Promise<void>,
): Promise<void> {
  if (await isHere(repository, revision)) return goOn();
  const short = shortRevision(revision);
  const fetch = vscode.l10n.t('Fetch');
  void run(async () => {
    const said = vscode.l10n.t('Commit {0} is not in this clone yet; fetch it to see what it says.', short);
    if ((await toasts.warn(said, fetch)) !== fetch) return;
    await withProgress(vscode.l10n.t('Fetching'), () => repository.fetch());
    if (await isHere(repository, revision)) return goOn();
    const message = vscode.l10n.t('The remotes of this clone do not have commit {0}.', short);
    throw new WeavefluxError('NOT_FOUND', message);
  });
}

/** Whether a file is there at a revision that is in the clone. */
export async function isFileAt(repository: Repository, file: string, revision: string): Promise<boolean> {
  try {
    await repository.show(file, revision);
    return true;
  } catch {
    // The commit is here, so it is the file that it does not have.
    return false;
  }
}

async function isHere(repository: Repository, revision: string): Promise<boolean> {
  return (await repository.commitsBetween(revision, revision)) !== undefined;
}

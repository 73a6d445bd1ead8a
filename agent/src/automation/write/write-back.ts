import { asWeavefluxError, type Commit, WeavefluxError } from '@weaveflux/shared';
import type { CommitRequest, Head, Repository } from '../../git/repository.ts';

/** How often a push that lost against another is computed anew. */
const ATTEMPTS = 10;

/** The commit to make on a head, or why there is none to make. */
export type Draft<T> =
  | { readonly request: CommitRequest; readonly result: T }
  | { readonly request: undefined; readonly result: T };

/** What became of a write-back; without a commit there was nothing to write. */
export interface Written<T> {
  readonly commit: Commit | undefined;
  readonly result: T;
}

/**
 * Makes one commit on the present head and pushes it. Whatever was first with a push of its own, the draft is made
 * anew on its head: edits are computed again, never replayed. Errors: those of the repository, PUSH_LOST after
 * too many rounds.
 */
export async function writeBack<T>(
  repository: Pick<Repository, 'look' | 'push'>,
  draft: (head: Head) => Promise<Draft<T>>,
  signal: AbortSignal,
): Promise<Written<T>> {
  for (let attempt = 1; ; attempt += 1) {
    const head = await repository.look(signal);
    const { request, result } = await draft(head);
    if (request === undefined) return { commit: undefined, result };
    try {
      return { commit: await repository.push(head.revision, request, signal), result };
    } catch (error) {
      if (asWeavefluxError(error).code !== 'PUSH_LOST') throw error;
      if (attempt < ATTEMPTS) continue;
      const message = `The push lost against others ${ATTEMPTS} times in a row; it is tried again with the next scan.`;
      throw new WeavefluxError('PUSH_LOST', message, { cause: error });
    }
  }
}

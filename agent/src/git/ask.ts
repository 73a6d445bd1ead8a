import { WeavefluxError } from '@weaveflux/shared';
import type { Git } from './git.ts';
import { checkBranch } from './remote.ts';

/** Where a remote is asked, and with what. */
export interface Question {
  readonly git: Git;
  readonly url: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Which branch is followed, and where it is now; without a wanted one that of the remote's HEAD. Errors: NOT_FOUND. */
export async function askHead(
  { git, url, env }: Question,
  wanted: string | undefined,
  signal: AbortSignal,
): Promise<{ branch: string; revision: string }> {
  const ref = wanted === undefined ? 'HEAD' : `refs/heads/${wanted}`;
  const out = await git(['ls-remote', '--symref', '--end-of-options', url, ref], signal, { env });
  const lines = linesOf(out);
  const revision = lines.find(([id, name]) => name === ref && !id?.startsWith('ref:'))?.[0];
  const named = lines.find(([id, name]) => name === ref && id?.startsWith('ref: refs/heads/'))?.[0];
  const branch = wanted ?? named?.slice('ref: refs/heads/'.length);
  if (revision !== undefined && branch !== undefined) return { branch: checkBranch(branch), revision };
  throw new WeavefluxError(
    'NOT_FOUND',
    wanted === undefined
      ? `${url} has no commit on its default branch yet; push one, or name a branch by --git-branch.`
      : `${url} has no branch ${JSON.stringify(wanted)}; push it, or correct --git-branch.`,
  );
}

/** Where a branch of the remote is; `undefined` where it is not there. */
export async function askRef(
  { git, url, env }: Question,
  branch: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const ref = `refs/heads/${branch}`;
  const out = await git(['ls-remote', '--end-of-options', url, ref], signal, { env });
  return linesOf(out).find(([, name]) => name === ref)?.[0];
}

function linesOf(out: Buffer): string[][] {
  return out
    .toString('utf8')
    .split('\n')
    .map((line) => line.split('\t'));
}

import type { Git } from './git.ts';
import { ProcessFailure } from './process.ts';
import type { SideTip } from './repository.ts';

const FORMAT = '%T%x00%P%x00%ce%x00%B%x00';

/** What a commit is; `undefined` where the mirror does not have it. */
export async function readTip(git: Git, revision: string, signal: AbortSignal): Promise<SideTip | undefined> {
  let out: Buffer;
  try {
    out = await git(['log', '--max-count=1', `--format=${FORMAT}`, revision, '--'], signal);
  } catch (error) {
    if (error instanceof ProcessFailure && error.reason === 'exit') return undefined;
    throw error;
  }
  const [tree = '', parents = '', committer = '', message = ''] = out.toString('utf8').split('\0');
  return { revision, tree, parents: parents.split(' ').filter(Boolean), committer, message };
}

import { type Change, type RequestedBy, WeavefluxError } from '@weaveflux/shared';
import type { ChangeOptions } from './changes.ts';
import type { Session } from './command.ts';

/** Makes the changes in the files of the working copy, with the agent's own code; nothing is committed. */
export async function changeWorkingCopy(
  _session: Session<ChangeOptions>,
  _wanted: { readonly changes: readonly Change[]; readonly requestedBy: RequestedBy },
): Promise<number> {
  throw new WeavefluxError('NOT_SUPPORTED', 'Editing the working copy is not built yet; leave out --local.');
}

import type { Status } from '@weaveflux/shared';

/**
 * The status without what passes in a moment: while a revision is delivered again that was delivered before, it stands
 * as it stood. Else each sync interval would look like a change.
 */
export function createSteady(): (status: Status) => Status {
  let settled: Status | undefined;
  return (status) => {
    const { sync } = status;
    if (sync.state !== 'applying') {
      settled = status;
      return status;
    }
    if (settled === undefined || settled.sync.revision !== sync.revision) return status;
    return { ...status, sync: settled.sync, objects: settled.objects };
  };
}

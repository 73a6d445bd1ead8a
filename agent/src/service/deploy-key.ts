import type { Status } from '@weaveflux/shared';

/** Adds the deploy key to a status while the repository lets nobody in. */
export type WithDeployKey = (status: Status) => Status;

/**
 * Reads the key in the background, as it may be a Secret's, so a first status is without it, or has the one before;
 * `onRead` is called when another one is there. It is read for each status that shows it: it may have been replaced.
 */
export function createDeployKey(
  identity: () => Promise<string | undefined> | string | undefined,
  onRead: () => void = () => undefined,
): WithDeployKey {
  let key: string | undefined;
  let isReading = false;

  async function read(): Promise<void> {
    isReading = true;
    const before = key;
    try {
      key = (await identity())?.trim();
    } catch {
      // Why there is no key is told where it is needed.
    }
    isReading = false;
    if (key !== before) onRead();
  }

  return (status) => {
    if (status.repository.problem?.code !== 'GIT_AUTH') return status;
    if (!isReading) void read();
    return key === undefined ? status : { ...status, repository: { ...status.repository, deployKey: key } };
  };
}

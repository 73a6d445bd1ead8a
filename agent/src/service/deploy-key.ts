import type { Status } from '@weaveflux/shared';

/** Milliseconds after which the key is read again: it may have been replaced. */
const FRESH = 10_000;

/** Adds the deploy key to a status while the repository lets nobody in. */
export type WithDeployKey = (status: Status) => Status;

/**
 * Reads the key in the background, as it may be a Secret's, so a first status is without it; `onRead` is called when it
 * is there. A key that cannot be read is asked for again later.
 */
export function createDeployKey(
  identity: () => Promise<string | undefined> | string | undefined,
  clock: () => number,
  onRead: () => void = () => undefined,
): WithDeployKey {
  let key: string | undefined;
  let readAt = Number.NEGATIVE_INFINITY;
  let isReading = false;

  async function read(): Promise<void> {
    isReading = true;
    const before = key;
    try {
      key = (await identity())?.trim();
    } catch {
      // Why there is no key is told where it is needed.
    }
    readAt = clock();
    isReading = false;
    if (key !== before) onRead();
  }

  return (status) => {
    if (status.repository.problem?.code !== 'GIT_AUTH') return status;
    if (!isReading && clock() - readAt > FRESH) void read();
    return key === undefined ? status : { ...status, repository: { ...status.repository, deployKey: key } };
  };
}

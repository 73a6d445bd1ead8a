import { asWeavefluxError, type HistoryEntry } from '@weaveflux/shared';
import type * as vscode from 'vscode';
import type { Environment } from '../agents/environments.ts';

/** So many changes of images are read: more than fit in seven days of most teams. */
const LIMIT = 200;

/** Knows the releases of an environment, read anew when it has another revision. */
export interface HistoryReader extends vscode.Disposable {
  /** Newest first; empty before they are read. */
  readonly entries: readonly HistoryEntry[];
  /** Reads them, where that is due and possible. Never throws. */
  refresh(environment: Environment): void;
}

/** A reader that has read nothing yet; `changed` is called when there is something new. */
export function createHistoryReader(log: vscode.LogOutputChannel, changed: () => void): HistoryReader {
  const closing = new AbortController();
  let entries: readonly HistoryEntry[] = [];
  let readAt: string | undefined;
  let isReading = false;

  function refresh(environment: Environment): void {
    const { connection, status } = environment.state;
    if (connection.kind !== 'connected') {
      // Another agent may answer after this, or the same with another history.
      readAt = undefined;
      return;
    }
    const revision = status?.sync.revision;
    if (isReading || revision === undefined || revision === readAt) return;
    readAt = revision;
    isReading = true;
    void read(environment).finally(() => {
      isReading = false;
      if (!closing.signal.aborted) refresh(environment);
    });
  }

  async function read(environment: Environment): Promise<void> {
    try {
      const client = await environment.client();
      entries = await client.history(undefined, LIMIT, closing.signal);
      if (!closing.signal.aborted) changed();
    } catch (error) {
      // The dashboard shows what the events tell; it is read again at the next revision.
      if (!closing.signal.aborted) log.warn(`The history could not be read: ${asWeavefluxError(error).message}`);
    }
  }

  return {
    get entries() {
      return entries;
    },
    refresh,
    dispose: () => closing.abort(),
  };
}

import { sayWaiting, windowAt, windowsOfDeploys } from '../plan/windows.ts';
import { type Environment, short } from './environment.ts';
import type { Work } from './loop.ts';
import type { Memory, SyncWait } from './memory.ts';

/**
 * Why a revision is not delivered yet; `undefined` = it may be, now and whenever it is tried again. Only what is new waits,
 * by the windows that the revision itself states, and never what a person asks for by a sync.
 */
export function waitOf(
  { windows, sync }: Pick<Memory, 'windows' | 'sync'>,
  { revision, force }: Work,
  now: Date,
): SyncWait | undefined {
  const state = windowAt(windowsOfDeploys(windows), now);
  if (!state.open && !force && revision !== sync.admitted)
    return { reason: `${short(revision)} ${sayWaiting(state)}`, until: state.until };
  sync.admitted = revision;
  return undefined;
}

/** Tells that a revision waits, once. */
export function tellWait(env: Environment, { revision }: Work, { reason }: SyncWait): void {
  const { sync } = env.memory;
  if (sync.toldEnd === reason) return;
  sync.toldEnd = reason;
  const message = `${reason}; weaveflux sync delivers it at once.`;
  env.emit({ type: 'sync-waiting', severity: 'info', revision, message });
}

import type { OwnObject } from './own-object.ts';

/** Acts on the annotation that asks for a sync: once a value. */
export interface ReconcileRequests {
  /** Looks whether the object asks for what was not acted on yet. */
  see(object: OwnObject): void;
  /** The value that was acted on last. */
  handled(object: OwnObject): string | undefined;
}

/** Requests of which none was acted on by this agent; `sync` may fail, which is told elsewhere. */
export function createReconcileRequests(
  sync: () => Promise<unknown>,
  onHandled: () => void,
  signal: AbortSignal,
): ReconcileRequests {
  let handled: string | undefined;
  let acting: string | undefined;
  let latest: OwnObject | undefined;

  function see(object: OwnObject): void {
    latest = object;
    const { requestedAt, status } = object;
    if (requestedAt === undefined || acting !== undefined) return;
    if (requestedAt === (handled ?? status?.lastHandledReconcileAt)) return;
    acting = requestedAt;
    void act(requestedAt);
  }

  async function act(requestedAt: string): Promise<void> {
    await sync().catch(() => undefined);
    acting = undefined;
    // An agent that stops leaves it to the next.
    if (signal.aborted) return;
    handled = requestedAt;
    onHandled();
    if (latest !== undefined) see(latest);
  }

  return { see, handled: ({ status }) => handled ?? status?.lastHandledReconcileAt };
}

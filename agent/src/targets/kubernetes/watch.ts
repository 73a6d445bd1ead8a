import type { ObjectId } from '@weaveflux/shared';
import type { Cluster } from './cluster.ts';
import type { JobMemory } from './jobs.ts';
import type { WatchHandlers } from './types.ts';
import { type WatchContext, type WatchedKind, watchKind } from './watch-kind.ts';

/** The watches that run. */
export interface Watches {
  /** From now on these kinds; those already watched go on undisturbed. */
  set(kinds: readonly WatchedKind[], handlers: WatchHandlers): void;
  close(): Promise<void>;
}

interface Running {
  readonly stop: AbortController;
  readonly done: Promise<void>;
  readonly context: WatchContext;
}

/** `namespacesOf` says where objects of a kind are wanted. */
export function createWatches(
  cluster: Cluster,
  jobs: JobMemory,
  random: () => number,
  namespacesOf: (kind: Pick<ObjectId, 'group' | 'kind'>) => readonly string[],
): Watches {
  const running = new Map<string, Running>();
  const closed: Promise<void>[] = [];
  let current: WatchHandlers | undefined;

  function end(key: string, watch: Running): void {
    watch.stop.abort();
    running.delete(key);
    closed.push(watch.done);
  }

  return {
    set(kinds, handlers) {
      const wanted = new Map(kinds.map((kind) => [`${kind.apiVersion}/${kind.kind}`, kind]));
      for (const [key, watch] of running) {
        const kind = wanted.get(key);
        if (kind === undefined || isOutgrown(watch.context, namespacesOf(kind))) end(key, watch);
      }
      current = handlers;
      for (const [key, watched] of wanted) {
        if (running.has(key)) continue;
        const stop = new AbortController();
        const namespaces = namespacesOf(watched);
        const told = () => current ?? handlers;
        const context: WatchContext = { cluster, jobs, random, watched, namespaces, handlers: told, narrow: false };
        running.set(key, { stop, done: watchKind(context, stop.signal), context });
      }
    },
    async close() {
      for (const [key, watch] of running) end(key, watch);
      await Promise.all(closed);
    },
  };
}

/** A watch of single namespaces does not see what is wanted in another. */
function isOutgrown(context: WatchContext, namespaces: readonly string[]): boolean {
  return context.narrow && namespaces.some((namespace) => !context.namespaces.includes(namespace));
}

import {
  displayName,
  type Manifest,
  type ObjectId,
  objectKey,
  type PlannedObject,
  type Problem,
  type PruneLimit,
  parseObjectKey,
  warning,
} from '@weaveflux/shared';
import type { AgentConfig } from '../config/types.ts';
import type { Memory } from '../delivery/memory.ts';
import { ownObjects } from '../plan/own-objects.ts';
import { decidePrune, LEFT_OVER } from '../plan/prune.ts';
import type { LivePolicies } from '../plan/stance.ts';
import { suspensionOf } from '../plan/suspensions.ts';
import type { Resolved } from '../targets/kubernetes/types.ts';

/** What a revision, or a working copy, states. */
export interface Stated {
  readonly revision?: string;
  readonly manifests: readonly Manifest[];
  /** Of folders that are not applied. */
  readonly withheld: readonly Manifest[];
  readonly problems: readonly Problem[];
  readonly brokenFiles: readonly string[];
  readonly limit: PruneLimit;
}

/** What the agent knows of what it delivered. */
interface Known {
  readonly memory: Pick<Memory, 'inventory' | 'wanted' | 'repository' | 'suspensions'>;
  readonly config: Pick<AgentConfig, 'garbageCollection'>;
  readonly agentNamespace: string;
  readonly now: () => Date;
}

/** Of an object that no revision since the start has stated. */
const UNSTATED: LivePolicies = { ignore: false, pruneDisabled: false };

/** What the inventory lists and is no longer stated: deleted, or kept with the reason. */
export function leaving(
  { memory, config, agentNamespace, now }: Known,
  wanted: Stated,
  resolved: Pick<Resolved, 'desired' | 'complete'>,
): PlannedObject[] {
  const settled = new Set(resolved.desired.map(({ manifest }) => manifest));
  const decision = decidePrune({
    revision: wanted.revision ?? '',
    inventory: memory.inventory,
    desired: new Map(resolved.desired.map(({ key, id }) => [key, id])),
    unsettled: [...wanted.manifests.filter((manifest) => !settled.has(manifest)), ...wanted.withheld].map(
      ({ id }) => id,
    ),
    loaded: { readable: true, brokenFiles: wanted.brokenFiles, discoveryComplete: resolved.complete },
    live: (key) => memory.wanted.get(key)?.policies ?? UNSTATED,
    left: (key) => {
      const by = suspensionOf(memory.suspensions, key, now())?.by;
      return by === undefined ? undefined : `it is suspended by ${by}`;
    },
    own: ownObjects(agentNamespace),
    rewritten: memory.repository.rewritten !== undefined,
    limit: wanted.limit,
    garbageCollection: config.garbageCollection,
  });
  const waiting = decision.wait;
  return [
    ...decision.remove.map(({ id }): PlannedObject => ({ ...named(id), action: 'deleted' })),
    ...decision.keep.map(({ entry, reason }) => kept(entry.id, reason)),
    ...decision.leftovers.map(({ id }) => kept(id, LEFT_OVER[config.garbageCollection])),
    ...(waiting?.objects ?? []).flatMap((key) => {
      const id = parseObjectKey(key);
      return id === undefined ? [] : kept(id, waiting?.reason ?? '');
    }),
  ];
}

function kept(id: ObjectId, reason: string): PlannedObject {
  const about = named(id);
  const problem = warning('PRUNE_WAITS', `${about.name} left the repository and stays: ${reason}.`, {
    object: about.key,
  });
  return { ...about, action: 'skipped', problem };
}

function named(id: ObjectId) {
  return { key: objectKey(id), name: displayName(id), differences: [] };
}

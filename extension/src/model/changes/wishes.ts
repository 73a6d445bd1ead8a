import { annotationKeysOf, type Change, statedAnnotations, type Workload } from '@weaveflux/shared';

/**
 * The pin that a person means by a container: of the whole workload where it has no other, since every tool
 * understands that. Without a container: the whole workload.
 */
export function pinOf({ key, containers, marked }: Workload, container?: string, reason?: string): Change {
  const only =
    containers.length === 1 || marked.some((image) => image.container === container && image.container.includes(':'));
  return {
    kind: 'pin',
    workload: key,
    ...(container === undefined || only ? {} : { container }),
    ...(reason === undefined || reason.trim() === '' ? {} : { reason: reason.trim() }),
  };
}

/** The end of the pin that holds a container, or any of the workload; `undefined` where nothing is pinned. */
export function unpinOf(workload: Workload, container?: string): Change | undefined {
  const { key, policies, manifest } = workload;
  const pinned = [...policies.containers.values()].filter((policy) => policy.pinned).map((policy) => policy.container);
  if (pinned.length === 0 || (container !== undefined && !pinned.includes(container))) return undefined;
  if (container === undefined || isPinnedAsWhole(manifest)) return { kind: 'unpin', workload: key };
  return { kind: 'unpin', workload: key, container };
}

function isPinnedAsWhole(manifest: Workload['manifest']): boolean {
  const annotations = statedAnnotations(manifest);
  return annotationKeysOf(annotations, 'locked').some((key) => annotations[key] === 'true');
}

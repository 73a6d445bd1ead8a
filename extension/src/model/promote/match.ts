import type { Container, Workload } from '@weaveflux/shared';

/** A container of a workload. */
export interface Spot {
  readonly workload: Workload;
  readonly container: Container;
}

/** A container of the target, and those that it may get its version from: at least one. */
export interface Counterparts {
  readonly target: Spot;
  readonly sources: readonly Spot[];
}

/**
 * The containers that both sides have, by kind, name and container. Namespaces may differ between environments; where
 * several fit, those of the same namespace win.
 */
export function counterparts(from: readonly Workload[], to: readonly Workload[]): Counterparts[] {
  const sources = Map.groupBy(spotsOf(from), keyOf);
  return spotsOf(to).flatMap((target) => {
    const all = sources.get(keyOf(target)) ?? [];
    const near = all.filter(({ workload }) => namespaceOf(workload) === namespaceOf(target.workload));
    const found = near.length > 0 ? near : all;
    return found.length === 0 ? [] : [{ target, sources: found }];
  });
}

/** The containers of workloads that the others do not have, by kind, name and container. */
export function withoutCounterpart(these: readonly Workload[], others: readonly Workload[]): Spot[] {
  const known = new Set(spotsOf(others).map(keyOf));
  return spotsOf(these).filter((spot) => !known.has(keyOf(spot)));
}

function spotsOf(workloads: readonly Workload[]): Spot[] {
  return workloads.flatMap((workload) => workload.containers.map((container) => ({ workload, container })));
}

function keyOf({ workload, container }: Spot): string {
  const { group, kind, name } = workload.manifest.id;
  return [group, kind, name, container.name].join('/');
}

function namespaceOf({ manifest }: Workload): string {
  return manifest.id.namespace;
}

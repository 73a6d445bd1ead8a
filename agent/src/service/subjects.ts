import {
  displayName,
  isHelmRelease,
  matchObjects,
  type ObjectId,
  objectKey,
  podTemplatePath,
  WeavefluxError,
  workloadsMeant,
} from '@weaveflux/shared';
import type { Memory } from '../delivery/memory.ts';

/** All objects that the agent knows: of the repository, and of the inventory. */
export function knownObjects(memory: Memory): ObjectId[] {
  const ids = new Map([...memory.wanted].map(([key, { object }]) => [key, object.id]));
  for (const [key, { id }] of memory.inventory) ids.set(key, id);
  return [...ids.values()];
}

/** Those of the objects that run containers, or all where none does: what a person means by a workload. */
export function workloadsAmong(ids: readonly ObjectId[], text: string): readonly ObjectId[] {
  const workloads = ids.filter(({ group, kind }) => podTemplatePath(group, kind) !== undefined);
  return matchObjects(workloads, text).length > 0 ? workloads : ids;
}

/** The one object that a person's text names. Errors: NOT_FOUND where none or several fit. */
export function objectNamed(text: string, among: readonly ObjectId[]): ObjectId {
  const found = matchObjects(among, text);
  const [first, ...others] = found;
  if (first === undefined) {
    throw new WeavefluxError('NOT_FOUND', `No object of this environment is called "${text}"; see: weaveflux status`);
  }
  if (others.length > 0) {
    const names = found.map(displayName).join(', ');
    throw new WeavefluxError(
      'NOT_FOUND',
      `"${text}" fits ${found.length} objects (${names}); name one of them in full.`,
    );
  }
  return first;
}

/** The key of the workload, or of the place with images, that a person's text names. Errors: those of `objectNamed`. */
export function workloadKeyNamed(text: string, memory: Memory): string {
  const objects = knownObjects(memory);
  const places = memory.places.map(({ object }) => object.id);
  const releases = objects.filter(({ group, kind }) => isHelmRelease(group, kind));
  const among = workloadsAmong(objects, text);
  // All objects are among them only where no workload fits.
  const others = among === objects ? workloadsMeant([...releases, ...places], text) : [];
  return objectKey(objectNamed(text, others.length > 0 ? others : among));
}

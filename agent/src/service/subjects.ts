import {
  displayName,
  matchObjects,
  type ObjectId,
  objectKey,
  podTemplatePath,
  WeavefluxError,
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

/** The key of the workload that a person's text names. Errors: those of `objectNamed`. */
export function workloadKeyNamed(text: string, memory: Memory): string {
  return objectKey(objectNamed(text, workloadsAmong(knownObjects(memory), text)));
}

import { displayName, matchObjects, type ObjectId, objectKey, WeavefluxError } from '@weaveflux/shared';
import type { Memory } from '../delivery/memory.ts';

/** All objects that the agent knows: of the repository, and of the inventory. */
export function knownObjects(memory: Memory): ObjectId[] {
  const ids = new Map([...memory.wanted].map(([key, { object }]) => [key, object.id]));
  for (const [key, { id }] of memory.inventory) ids.set(key, id);
  return [...ids.values()];
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

/** `objectNamed`, as its key. */
export function keyNamed(text: string, among: readonly ObjectId[]): string {
  return objectKey(objectNamed(text, among));
}

import { displayName, objectKey } from '@weaveflux/shared';
import { marksOf, type SyncSet } from './mark.ts';
import type { Marked } from './marked.ts';

/** What is done with one marked object. */
export interface Decision {
  readonly object: Marked;
  readonly action: 'adopt' | 'adopted' | 'skip';
  /** Of what is skipped: why. */
  readonly reason: string;
}

/** What is decided from besides the objects. */
export interface Ownership {
  readonly set: SyncSet;
  /** The value of our label. */
  readonly owner: string;
  /** Keys in our inventory. */
  readonly inventory: ReadonlySet<string>;
}

/** Decides about every marked object but those that a controller made, which follow what made them. */
export function decideAll(objects: readonly Marked[], ownership: Ownership): readonly Decision[] {
  const origins = new Map<string, string>();
  for (const { id, owned } of objects)
    if (!owned) for (const mark of marksOf(ownership.set, id)) origins.set(mark, displayName(id));
  return objects.filter((object) => !isCopyByController(object)).map((object) => decide(object, ownership, origins));
}

/** Decides about one object; `origins` names the object that a mark is of. */
export function decide(object: Marked, ownership: Ownership, origins: ReadonlyMap<string, string>): Decision {
  const { owner, set, inventory } = ownership;
  const skip = (reason: string): Decision => ({ object, action: 'skip', reason });
  if (!marksOf(set, object.id).includes(object.mark)) return skip(strange(object, origins));
  if (object.deleting) return skip('it is being deleted');
  if (object.environment !== undefined && object.environment !== owner)
    return skip(`it belongs to environment ${object.environment}; take it with "weaveflux adopt" if that is a mistake`);
  const done = object.environment === owner && inventory.has(objectKey(object.id));
  return { object, action: done ? 'adopted' : 'adopt', reason: '' };
}

function strange({ mark }: Marked, origins: ReadonlyMap<string, string>): string {
  const origin = origins.get(mark);
  if (origin !== undefined) return `it carries the mark of ${origin}: a copy`;
  return "its mark is of another repository, branch or path than fluxd's flags name";
}

/** Pods, ReplicaSets and Endpoints get labels from what they are made for; fluxd never took them for its own. */
export function isCopyByController({ id, owned }: Marked): boolean {
  return owned || id.kind === 'Endpoints';
}

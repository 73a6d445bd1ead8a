import { type Difference, isObject, type Json, type JsonObject, type Path, valueAt } from '@weaveflux/shared';
import { stepsOf } from './difference-tree.ts';

/** How the agent ends a value that was too long to tell. */
const CUT = '…';

/** Whether the agent cut a value, so that the sides may look alike where they differ. */
export function isCut({ live, desired }: Difference): boolean {
  return live?.endsWith(CUT) === true || desired?.endsWith(CUT) === true;
}

/** The differences with whole values, as far as the objects have what was cut where the difference says. */
export function uncut(
  differences: readonly Difference[],
  objects: { readonly live?: unknown; readonly desired?: unknown },
): Difference[] {
  return differences.map((difference) => {
    const path = stepsOf(difference.path);
    const live = whole(difference.live, objects.live, path);
    const desired = whole(difference.desired, objects.desired, path);
    return { ...difference, ...(live === undefined ? {} : { live }), ...(desired === undefined ? {} : { desired }) };
  });
}

function whole(told: string | undefined, object: unknown, path: Path): string | undefined {
  if (told === undefined || !told.endsWith(CUT) || !isObject(object)) return told;
  const value: Json | undefined = valueAt(object as JsonObject, path);
  const text = value === undefined ? '' : JSON.stringify(value);
  return text.startsWith(told.slice(0, -CUT.length)) ? text : told;
}

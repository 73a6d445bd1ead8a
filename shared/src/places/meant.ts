import { matchObjects, type ObjectId, PLACE_GROUP } from '../manifests/identity.ts';
import { podTemplatePath } from '../manifests/workloads.ts';

/**
 * The ids of what has images that a person's text means, as `matchObjects`; where several fit, what runs pods goes before other
 * objects, and objects before files: `cart` is the Deployment, also where a service of Compose is called so.
 */
export function workloadsMeant(ids: readonly ObjectId[], text: string): ObjectId[] {
  const found = matchObjects(ids, text);
  const nearest = Math.min(...found.map(rank));
  return found.filter((id) => rank(id) === nearest);
}

function rank({ group, kind }: ObjectId): number {
  if (podTemplatePath(group, kind) !== undefined) return 0;
  return group === PLACE_GROUP ? 2 : 1;
}

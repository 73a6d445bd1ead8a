import { type JsonObject, type ObjectPolicies, readPolicies } from '@weaveflux/shared';

/** Reads what annotations mean for the containers of an object. */
export type PolicyReader = (annotations: JsonObject, containers: readonly string[]) => ObjectPolicies;

/** What is forgotten is only read again. */
const MAX_REMEMBERED = 500;

/** A reader that reads the same annotations once: objects of one file mostly have the same policies. */
export function createPolicyReader(): PolicyReader {
  const known = new Map<string, ObjectPolicies>();
  return (annotations, containers) => {
    // The word is in every spelling of every key.
    const own = Object.entries(annotations).filter(([key]) => key.includes('flux'));
    const about = JSON.stringify([own, containers]);
    const before = known.get(about);
    if (before !== undefined) return before;
    const policies = readPolicies(Object.fromEntries(own), containers);
    if (known.size >= MAX_REMEMBERED) known.clear();
    known.set(about, policies);
    return policies;
  };
}

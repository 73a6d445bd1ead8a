import { containersOf, type ObjectPolicies, objectAt, type Problem, readPolicies } from '@weaveflux/shared';
import type { DesiredObject, LiveObject } from '../targets/kubernetes/types.ts';
import type { Wanted } from './memory.ts';

/** The desired objects with their policies, by key; what has not changed since is taken over. */
export function wantedOf(
  desired: readonly DesiredObject[],
  earlier: ReadonlyMap<string, Wanted>,
): ReadonlyMap<string, Wanted> {
  return new Map(
    desired.map((object) => {
      const known = earlier.get(object.key);
      const policies = known?.object.hash === object.hash ? known.policies : policiesOf(object);
      return [object.key, { object, policies }];
    }),
  );
}

/** What an object's own annotations say. */
export function policiesOf(object: DesiredObject): ObjectPolicies {
  const { group, kind } = object.id;
  const containers = containersOf(group, kind, object.body).map(({ name }) => name);
  return readPolicies(objectAt(object.body, ['metadata', 'annotations']), containers);
}

/** What a live object's annotations say. */
export function livePolicies(live: LiveObject): ObjectPolicies {
  return readPolicies(live.annotations, []);
}

/** What is wrong with the policies of the repository, each at its object's file and line. */
export function policyProblems(wanted: ReadonlyMap<string, Wanted>): Problem[] {
  return [...wanted.values()].flatMap(({ object, policies }) => {
    const { file, line } = object.manifest;
    const invalid = [...policies.containers.values()].flatMap((container) => container.invalid ?? []);
    return [...policies.problems, ...invalid].map((problem) => ({ file, line, ...problem, object: object.key }));
  });
}

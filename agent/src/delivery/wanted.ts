import {
  containersOf,
  type ObjectPolicies,
  objectAt,
  type PolicyProblem,
  type Problem,
  parseFile,
  readPolicies,
  type SourceDocument,
} from '@weaveflux/shared';
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

/** The same with the line of its annotation at each problem of a policy. Only files with such problems are read. */
export async function locatePolicies(
  wanted: ReadonlyMap<string, Wanted>,
  textOf: (file: string) => Promise<string | undefined>,
): Promise<ReadonlyMap<string, Wanted>> {
  const files = new Set([...wanted.values()].filter(hasProblems).map(({ object }) => object.manifest.file));
  if (files.size === 0) return wanted;
  const parsed = new Map(
    await Promise.all(
      [...files].map(async (file) => [file, parseFile(file, (await textOf(file)) ?? '').documents] as const),
    ),
  );
  return new Map(
    [...wanted].map(([key, entry]) => {
      if (!hasProblems(entry)) return [key, entry];
      const { file, document } = entry.object.manifest;
      return [key, { ...entry, policies: located(entry, parsed.get(file)?.[document]) }];
    }),
  );
}

/** What is wrong with the policies of the repository, each at its file and line. */
export function policyProblems(wanted: ReadonlyMap<string, Wanted>): Problem[] {
  return [...wanted.values()].flatMap(({ policies }) =>
    policies.problems.map(({ annotation: _, ...problem }) => problem),
  );
}

function hasProblems({ policies }: Wanted): boolean {
  return policies.problems.length > 0;
}

function located({ object, policies }: Wanted, document: SourceDocument | undefined): ObjectPolicies {
  const { key, manifest } = object;
  const locate = (problem: PolicyProblem): PolicyProblem => {
    const path = [...manifest.at, 'metadata', 'annotations', problem.annotation ?? ''];
    const line = document?.position(path, 'key')?.line ?? manifest.line;
    return { ...problem, object: key, file: manifest.file, line };
  };
  const containers = [...policies.containers].map(
    ([name, policy]) =>
      [name, policy.invalid === undefined ? policy : { ...policy, invalid: locate(policy.invalid) }] as const,
  );
  return { ...policies, problems: policies.problems.map(locate), containers: new Map(containers) };
}

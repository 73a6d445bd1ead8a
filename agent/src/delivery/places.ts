import {
  annotationPath,
  containersIn,
  type Manifest,
  objectKey,
  type PolicyProblem,
  type Problem,
  parseFile,
  readPolicies,
  type SourceDocument,
  statedAnnotations,
} from '@weaveflux/shared';
import type { Stated } from './memory.ts';

/** Places of a revision where images are written, with what stands beside these. */
export function statedPlaces(places: readonly Manifest[]): Stated[] {
  return places.map((manifest) => {
    const names = containersIn(manifest).map(({ name }) => name);
    const { id, value } = manifest;
    const policies = readPolicies(statedAnnotations(manifest), names);
    return { object: { id, key: objectKey(id), manifest, body: value }, policies };
  });
}

/** The same with its line at each problem of a policy. Only files with such problems are read. */
export async function locatePlaces(
  places: readonly Stated[],
  textOf: (file: string) => Promise<string | undefined>,
): Promise<readonly Stated[]> {
  const located = places.map(async (place) => {
    if (place.policies.problems.length === 0) return place;
    const { file, document } = place.object.manifest;
    return withLines(place, parseFile(file, (await textOf(file)) ?? '').documents[document]);
  });
  return Promise.all(located);
}

/** What is wrong with the policies of places. */
export function placePolicyProblems(places: readonly Stated[]): Problem[] {
  return places.flatMap(({ policies }) => policies.problems.map(({ annotation: _, ...problem }) => problem));
}

function withLines({ object, policies }: Stated, document: SourceDocument | undefined): Stated {
  const { key, manifest } = object;
  const { file, at } = manifest;
  const locate = (problem: PolicyProblem): PolicyProblem => {
    const path = [...at, ...annotationPath(manifest, problem.annotation ?? '')];
    return { ...problem, object: key, file, line: document?.position(path, 'key')?.line ?? manifest.line };
  };
  const containers = [...policies.containers].map(
    ([name, policy]) =>
      [name, policy.invalid === undefined ? policy : { ...policy, invalid: locate(policy.invalid) }] as const,
  );
  const problems = policies.problems.map(locate);
  return { object, policies: { ...policies, problems, containers: new Map(containers) } };
}

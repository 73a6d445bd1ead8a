import type { Problem } from '@weaveflux/shared';
import type { Decided } from './scan.ts';

/**
 * Why image repositories cannot be scanned: no error of the revision. Only where a policy waits for them: of other images,
 * many of them other people's, no release waits, and each says in its own status why no tags are shown.
 */
export function scanProblems(decided: readonly Decided[], followed: ReadonlySet<string>): Problem[] {
  const byRepository = new Map(
    decided.flatMap(({ subject: { image }, problem }) =>
      problem === undefined || !followed.has(image.canonicalName) ? [] : [[image.canonicalName, problem]],
    ),
  );
  return [...byRepository.values()].map((problem) => ({ ...problem, severity: 'warning' }));
}

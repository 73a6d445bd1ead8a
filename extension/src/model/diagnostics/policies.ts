import { MAX_KEY_NAME, type PolicyProblem } from '@weaveflux/shared';
import type { AnnotationSource, ManifestSource } from '../source/types.ts';
import { type Finding, isEmptyRange } from './finding.ts';

/** What is wrong with the annotations of an object: at the key where that is wrong, else at its value. */
export function policyFindings(manifest: ManifestSource): Finding[] {
  return manifest.policies.problems.flatMap((problem) => findingOf(manifest, problem));
}

/** None where the annotation is gone from a text that cannot be read at the moment. */
function findingOf(manifest: ManifestSource, { annotation: key, code, severity, message }: PolicyProblem): Finding[] {
  const found = { code, severity, message };
  if (key === undefined) return [{ ...found, range: manifest.start }];
  const annotation = manifest.annotations.find((written) => written.key === key);
  if (annotation === undefined) return manifest.stale ? [] : [{ ...found, range: manifest.start }];
  const range = isWrongKey(code, annotation) ? annotation.keyRange : annotation.valueRange;
  const subject = { kind: 'annotation', manifest, annotation } as const;
  return [{ ...found, range: isEmptyRange(range) ? annotation.keyRange : range, subject }];
}

function isWrongKey(code: PolicyProblem['code'], { key }: AnnotationSource): boolean {
  return code === 'UNKNOWN_KEY' || hasLongName(key);
}

/** Whether what stands behind the slash of an annotation's key is longer than Kubernetes takes. */
export function hasLongName(key: string): boolean {
  return key.length - key.indexOf('/') - 1 > MAX_KEY_NAME;
}

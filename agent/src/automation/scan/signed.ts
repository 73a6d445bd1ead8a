import { type ImageReference, type Problem, parseImage, type Tag } from '@weaveflux/shared';
import type { ImageRepository, Registry } from '../../registry/types.ts';
import { rulesFor } from '../../signatures/rules.ts';
import type { Signatures } from '../../signatures/signatures.ts';
import type { SignatureRule, Verdict } from '../../signatures/types.ts';
import type { Subject } from '../subjects.ts';

/** What is required of signatures, and who checks it. */
export interface SignatureGate {
  readonly signatures: Pick<Signatures, 'known' | 'check'>;
  /** All that are in force. */
  rules(): readonly SignatureRule[];
}

/** How many tags one decision has checked; the next one goes on. */
export const CHECKS_AT_ONCE = 10;

/** How many of them may be checks of what was checked before, so that others have their turn. */
const AGAIN_AT_ONCE = 5;

/** What keeps any tag from being read, not only one that is broken. */
const HOST_WIDE = new Set<Problem['code']>(['REGISTRY_RATE_LIMIT', 'REGISTRY_UNREACHABLE', 'REGISTRY_AUTH']);

/** What verdicts are asked by. */
export interface VerdictSources {
  readonly registry: Pick<Registry, 'describe' | 'known'>;
  readonly signed?: SignatureGate | undefined;
  readonly now: Date;
  /** Absent = nobody is asked. */
  readonly repository?: ImageRepository;
}

/**
 * What is known of an image's signatures, by digest; `undefined` = none is required. Where the registry may be asked, what is to
 * be asked for again is left out, until so many (`again`) have been.
 */
export function verdictsFor(
  { image }: Pick<Subject, 'image'>,
  { signed, now, repository }: VerdictSources,
  again = 0,
): ReadonlyMap<string, Verdict> | undefined {
  if (signed === undefined) return undefined;
  const rules = rulesFor(signed.rules(), image.canonicalName);
  if (rules.length === 0) return undefined;
  const mayAsk = repository !== undefined && again < AGAIN_AT_ONCE;
  return signed.signatures.known(rules, image.canonicalName, mayAsk ? now.getTime() : undefined);
}

/** Whether the signatures of a tag's digest have been looked for before. */
export function wasChecked(
  { image }: Pick<Subject, 'image'>,
  digest: string | undefined,
  signed: SignatureGate | undefined,
): boolean {
  if (signed === undefined || digest === undefined) return false;
  const rules = rulesFor(signed.rules(), image.canonicalName);
  return signed.signatures.known(rules, image.canonicalName).has(digest);
}

/** What keeps the registry of an image from answering now, whichever of its tags is asked for. */
export function hostProblem(registry: Pick<Registry, 'known'>, name: string): Problem | undefined {
  const problem = registry.known(name)?.problem;
  return problem !== undefined && HOST_WIDE.has(problem.code) ? problem : undefined;
}

/**
 * Looks where a tag points to now, and whether that is signed: the next decision knows both. A tag that cannot be read while its
 * host answers is noted as unreadable. False where the host cannot be asked now.
 */
export async function verifyTag(
  { image }: Pick<Subject, 'image'>,
  tag: string,
  { registry, signed, now, repository, signal }: VerdictSources & { repository: ImageRepository; signal: AbortSignal },
  known: { readonly tags: Map<string, Tag> | undefined; readonly unreadable: Set<string> },
): Promise<boolean> {
  if (signed === undefined) return false;
  const [described] = await registry.describe(repository, [tag], signal, { refresh: true });
  if (signal.aborted) return false;
  if (described?.digest === undefined) {
    if (hostProblem(registry, image.canonicalName) !== undefined) return false;
    known.unreadable.add(tag);
    return true;
  }
  known.tags?.set(tag, described);
  const rules = rulesFor(signed.rules(), image.canonicalName);
  if (signed.signatures.known(rules, image.canonicalName).get(described.digest)?.state === 'verified') return true;
  await signed.signatures.check(rules, { repository, digest: described.digest }, now.getTime(), signal);
  return !signal.aborted;
}

/** Whether a new reference of an image is known to be signed as is required. */
export function isSigned(
  { canonicalName }: Pick<ImageReference, 'canonicalName'>,
  text: string,
  { signatures, rules }: { readonly signatures: Pick<Signatures, 'known'>; rules(): readonly SignatureRule[] },
): boolean {
  const required = rulesFor(rules(), canonicalName);
  if (required.length === 0) return true;
  const { digest = '' } = parseImage(text);
  return signatures.known(required, canonicalName).get(digest)?.state === 'verified';
}

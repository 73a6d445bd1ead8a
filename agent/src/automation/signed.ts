import { type ImageReference, parseImage, type Tag } from '@weaveflux/shared';
import type { ImageRepository, Registry } from '../registry/types.ts';
import { rulesFor } from '../signatures/rules.ts';
import type { Signatures } from '../signatures/signatures.ts';
import type { SignatureRule, Verdict } from '../signatures/types.ts';
import type { Subject } from './subjects.ts';

/** What is required of signatures, and who checks it. */
export interface SignatureGate {
  readonly signatures: Pick<Signatures, 'known' | 'check'>;
  /** All that are in force. */
  rules(): readonly SignatureRule[];
}

/** How many tags one decision has checked; the next one goes on. */
export const CHECKS_AT_ONCE = 10;

/** What verdicts are asked by. */
export interface VerdictSources {
  readonly registry: Pick<Registry, 'describe'>;
  readonly signed?: SignatureGate | undefined;
  readonly now: Date;
  /** Absent = nobody is asked. */
  readonly repository?: ImageRepository;
}

/**
 * What is known of an image's signatures, by digest; `undefined` = none is required. Where the registry may be asked, what is to
 * be asked for again is left out.
 */
export function verdictsFor(
  { image }: Pick<Subject, 'image'>,
  { signed, now, repository }: VerdictSources,
): ReadonlyMap<string, Verdict> | undefined {
  if (signed === undefined) return undefined;
  const rules = rulesFor(signed.rules(), image.canonicalName);
  if (rules.length === 0) return undefined;
  return signed.signatures.known(rules, image.canonicalName, repository === undefined ? undefined : now.getTime());
}

/**
 * Looks where a tag points to now, and whether that is signed: the next decision knows both. What cannot be read of the tag is
 * noted as unreadable. False where the host cannot be asked now.
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

import type { ChangeRequest, Tag } from '@weaveflux/shared';
import type { Environment } from '../../delivery/environment.ts';
import type { Registry } from '../../registry/types.ts';
import { refusalOf } from '../choice/question.ts';
import { holdsDigest, type Subject } from '../subjects.ts';
import { createCredentials } from './credentials.ts';
import { type SignatureGate, verdictsFor, verifyTag } from './signed.ts';

/** What a person's wish is checked by. */
export interface WishSources {
  readonly env: Pick<Environment, 'target' | 'now'>;
  readonly registry: Registry;
  readonly signed: SignatureGate | undefined;
}

/** A tag that somebody asks for, with what was found out about it. */
interface Asked {
  readonly subject: Subject;
  readonly tag: string;
  readonly list: ReadonlyMap<string, Tag>;
  readonly unreadable: ReadonlySet<string>;
  /** The registry could be asked. */
  readonly isAnswered: boolean;
}

/**
 * Whether the tags that people ask for are signed as they must be, asking the registries; the digests that this finds are added
 * to the lists. A repository without a list could not be asked: then nothing of it counts as signed.
 */
export async function learnSignatures(
  { env, registry, signed }: WishSources,
  wishes: ReadonlyMap<Subject, ReadonlySet<string>>,
  lists: ReadonlyMap<string, Map<string, Tag>>,
  signal: AbortSignal,
): Promise<NonNullable<ChangeRequest['signatureOf']>> {
  const credentials = createCredentials(env.target, signal);
  const asked: Asked[] = [];
  const required = new Set<string>();
  const sources = { registry, signed, now: env.now() };
  for (const [subject, tags] of wishes) {
    if (verdictsFor(subject, sources) === undefined) continue;
    const { place, image } = subject;
    required.add(`${place.object} ${place.container}`);
    const list = lists.get(image.canonicalName);
    const repository = { name: image.canonicalName, credentials: (await credentials.of([subject])).texts };
    for (const tag of tags) {
      if (list?.has(tag) !== true) continue;
      const unreadable = new Set<string>();
      const isAnswered = await verifyTag(subject, tag, { ...sources, repository, signal }, { tags: list, unreadable });
      asked.push({ subject, tag, list, unreadable, isAnswered });
    }
  }
  // A tag may be moved between two checks of it: what counts is the digest that is written.
  const found = new Map<string, string | undefined>(
    asked.flatMap(({ subject, tag, list, unreadable, isAnswered }) => {
      const known = list.get(tag) ?? { tag };
      if (!isAnswered && known.digest === undefined) return [];
      const facts = { signatures: verdictsFor(subject, sources), unreadable };
      const refusal = refusalOf(holdsDigest(subject) ? facts : { ...facts, holdsDigest: false }, known);
      return [[`${subject.place.object} ${subject.place.container} ${tag}`, refusal?.reason] as const];
    }),
  );
  return (object, container, tag) => {
    if (!required.has(`${object} ${container}`)) return undefined;
    const key = `${object} ${container} ${tag}`;
    const refusal = found.has(key) ? found.get(key) : 'its registry could not be asked whether it is signed';
    return refusal === undefined ? {} : { refusal };
  };
}

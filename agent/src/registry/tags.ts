import { isTag } from '@weaveflux/shared';

/** A list of tags as a registry gave it, made safe. */
export interface CleanTags {
  readonly tags: readonly string[];
  /** How many entries were no tags by the grammar. */
  readonly dropped: number;
}

/** What cosign and the OCI referrers fallback store beside images: tags by form, never versions of the image. */
const ATTACHMENT = /^sha256-[0-9a-f]{64}(?:\.[a-z]+)?$/;

/** Keeps what is a tag by the OCI grammar (distribution-spec, "Pulling manifests") and may be an image. */
export function cleanTags(raw: readonly unknown[]): CleanTags {
  const tags: string[] = [];
  let dropped = 0;
  for (const entry of raw) {
    if (typeof entry !== 'string' || !isTag(entry)) dropped += 1;
    else if (!ATTACHMENT.test(entry)) tags.push(entry);
  }
  return { tags, dropped };
}

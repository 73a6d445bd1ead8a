import { type ImageChange, releaseSubject } from '@weaveflux/shared';

/**
 * The message of a person's commit that releases images: the subject is the agent's, and where it does not say all, a
 * line each follows. It has no trailers of ours: those say that the agent committed.
 */
export function commitMessageOf(images: readonly ImageChange[]): string {
  return messageOf(releaseSubject(images), images);
}

/** The message of a commit that promotes images from another environment. */
export function promotionMessageOf(images: readonly ImageChange[], from: string): string {
  const count = images.length === 1 ? '1 image' : `${images.length} images`;
  const name = from.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
  return messageOf(`Promote ${count} from ${name}`, images, 1);
}

function messageOf(subject: string, images: readonly ImageChange[], saidBy = 2): string {
  if (images.length < saidBy) return subject;
  return `${subject}\n\n${images.map(lineOf).join('\n')}`;
}

function lineOf({ place, from, to }: ImageChange): string {
  const change = from === to ? `${to} with another digest` : `${from === '' ? '(no tag)' : from} -> ${to}`;
  return `- ${place.workload} ${place.container}: ${change}`;
}

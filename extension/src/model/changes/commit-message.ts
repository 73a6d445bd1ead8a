import { changeSubject, type ImageChange, type Outcome, releaseSubject } from '@weaveflux/shared';

/**
 * The message of a person's commit: the subject is the agent's for the same changes, and where that does not name all images,
 * a line each follows. It has no trailers of ours: those say that the agent committed.
 */
export function commitMessageOf(images: readonly ImageChange[], outcomes: readonly Outcome[]): string {
  if (images.length === 0) return clean(changeSubject(outcomes));
  return messageOf(releaseSubject(images), images, 2);
}

/** The message of a commit that promotes images from another environment. */
export function promotionMessageOf(images: readonly ImageChange[], from: string): string {
  const count = images.length === 1 ? '1 image' : `${images.length} images`;
  return messageOf(`Promote ${count} from ${from}`, images, 1);
}

function messageOf(subject: string, images: readonly ImageChange[], listedFrom: number): string {
  const lines = images.length < listedFrom ? [] : ['', ...images.map(lineOf)];
  return [clean(subject), ...lines].join('\n');
}

function lineOf({ place, from, to }: ImageChange): string {
  const change = from === to ? `${to} with another digest` : `${from === '' ? '(no tag)' : from} -> ${to}`;
  return clean(`- ${place.workload} ${place.container}: ${change}`);
}

/** One line, without characters that turn or hide text. */
function clean(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
}

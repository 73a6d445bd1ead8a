import { isDeepStrictEqual } from 'node:util';
import { effectiveTag, objectKey, withTag } from '@weaveflux/shared';
import type { ImageHistoryEntry } from '../past/history.ts';
import type { Subject } from '../subjects.ts';
import type { Proposal } from './proposals.ts';
import { type BackStep, type OwnRelease, ownRelease } from './rollback.ts';

/** What of a workload's history may be taken back, where all its images (`subjects`) are still as they were released. */
export function releaseTo(subjects: readonly Subject[], history: readonly ImageHistoryEntry[]): OwnRelease | undefined {
  const [first] = subjects;
  if (first === undefined) return undefined;
  const key = objectKey(first.manifest.id);
  const changes = history.filter((entry) => entry.writtenKey === key);
  const release = ownRelease(changes, first.place.workload);
  return release?.steps.every((step) => subjects.some((subject) => has(subject, step))) ? release : undefined;
}

/** Whether another look at the history finds the same release. */
export function isSameRelease(release: OwnRelease, other: OwnRelease | undefined): boolean {
  return other?.commit.revision === release.commit.revision && isDeepStrictEqual(other.steps, release.steps);
}

/** The changes of a workload that goes back, and of no container that the release left alone. */
export function stepsBack(workload: { release: OwnRelease; subjects: readonly Subject[] }): Proposal[] {
  const { release, subjects } = workload;
  return release.steps.flatMap((step) =>
    subjects.filter((subject) => has(subject, step)).map((subject) => stepBack(subject, step)),
  );
}

function stepBack(subject: Subject, { failed, good, goodDigest }: BackStep): Proposal {
  const { place, image } = subject;
  const text = withTag({ ...image, digest: undefined }, good, goodDigest);
  const fields = subject.fieldsFor(text);
  return { subject, change: { place, text, fields, repository: image.canonicalName, from: failed, to: good } };
}

function has({ place, image }: Subject, { container, failed, failedDigest }: BackStep): boolean {
  return place.container === container && effectiveTag(image) === failed && image.digest === failedDigest;
}

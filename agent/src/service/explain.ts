import {
  displayName,
  type Explanation,
  type ImageStatus,
  type ObjectStatus,
  PLACE_GROUP,
  parseObjectKey,
  workloadsMeant,
} from '@weaveflux/shared';
import type { Memory } from '../delivery/memory.ts';
import { objectStatuses } from '../delivery/status.ts';

/** Sentences that say why an object or an image is as it is; empty when the subject is neither. */
export function explain(subject: string, memory: Memory, images: readonly ImageStatus[]): Explanation {
  const statuses = objectStatuses(memory);
  const ids = statuses.flatMap(({ key }) => parseObjectKey(key) ?? []);
  const places = memory.places.map(({ object }) => object.id);
  const matched = new Set(workloadsMeant([...ids, ...places], subject).map(displayName));
  const lines = [
    ...statuses.filter(({ name }) => matched.has(name)).flatMap((status) => aboutObject(status, memory)),
    ...images.filter((image) => isMeant(image, subject, matched)).map(aboutImage),
  ];
  return { subject, lines };
}

/** An image may be named by a part of its reference, too; one of a file only where nothing else is called so. */
function isMeant(image: ImageStatus, subject: string, matched: ReadonlySet<string>): boolean {
  if (matched.has(image.name)) return true;
  if (matched.size > 0 && parseObjectKey(image.object)?.group === PLACE_GROUP) return false;
  return image.image.includes(subject) || image.repository.includes(subject);
}

function aboutObject(status: ObjectStatus, memory: Memory): string[] {
  const { name, key, action, health, drift, problem, file, line } = status;
  const outcome = memory.outcomes.get(key);
  const place = file === undefined ? 'It is not in the repository.' : `It is stated in ${file}, line ${line}.`;
  const why = outcome?.reason === undefined ? '' : `: ${outcome.reason}`;
  const healthy = `${health.state}${health.message === '' ? '' : ` (${health.message})`}`;
  return [
    `${name} is ${healthy}; last ${action}${why}. ${place}`,
    ...(drift === undefined ? [] : [`It differs (${drift.mode}): ${drift.differences.map(describe).join('; ')}.`]),
    ...(problem === undefined ? [] : [problem.message]),
  ];
}

function describe({
  path,
  desired = 'absent',
  live = 'absent',
  manager,
}: {
  path: string;
  desired?: string | undefined;
  live?: string | undefined;
  manager?: string | undefined;
}): string {
  return `${path || 'the object'} is ${live}, the repository says ${desired}${manager === undefined ? '' : ` (by ${manager})`}`;
}

function aboutImage(image: ImageStatus): string {
  const policy = image.policy === undefined ? 'no policy' : `policy ${image.policy}`;
  return `${image.name} ${image.container} has ${image.image}, ${policy}; ${image.state}: ${image.reason}`;
}

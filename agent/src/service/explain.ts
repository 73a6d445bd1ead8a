import {
  displayName,
  type Explanation,
  type ImageStatus,
  matchObjects,
  type ObjectStatus,
  parseObjectKey,
} from '@weaveflux/shared';
import type { Memory } from '../delivery/memory.ts';
import { objectStatuses } from '../delivery/status.ts';
import { workloadsAmong } from './subjects.ts';

/** Sentences that say why an object or an image is as it is; empty when the subject is neither. */
export function explain(subject: string, memory: Memory, images: readonly ImageStatus[]): Explanation {
  const statuses = objectStatuses(memory);
  const ids = statuses.flatMap(({ key }) => parseObjectKey(key) ?? []);
  const places = memory.places.map(({ object }) => object.id);
  const matched = new Set(matchObjects([...workloadsAmong(ids, subject), ...places], subject).map(displayName));
  const lines = [
    ...statuses.filter(({ name }) => matched.has(name)).flatMap((status) => aboutObject(status, memory)),
    ...images.filter((image) => matched.has(image.name) || mentions(image, subject)).map(aboutImage),
  ];
  return { subject, lines };
}

function mentions(image: ImageStatus, subject: string): boolean {
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

import type { DashboardSnapshot, Standing } from './snapshot.ts';

/** Something that somebody who does not see the page is told. */
export type Change =
  | { readonly kind: 'connection'; readonly to: DashboardSnapshot['connection']['kind'] }
  | { readonly kind: 'standing'; readonly to: Standing }
  | { readonly kind: 'failed' | 'recovered'; readonly services: readonly string[] }
  | { readonly kind: 'released'; readonly title: string };

/** What is worth telling of the way from one snapshot to another; each thing once, the weightiest first. */
export function changesBetween(before: DashboardSnapshot, after: DashboardSnapshot): Change[] {
  const changes: Change[] = [];
  if (before.connection.kind !== after.connection.kind) changes.push({ kind: 'connection', to: after.connection.kind });
  const [old, now] = [before.environment, after.environment];
  if (old === undefined || now === undefined) return changes;
  if (old.standing.kind !== now.standing.kind) changes.push({ kind: 'standing', to: now.standing });
  const failed = new Set(old.services.filter(({ state }) => state === 'failed').map(({ key }) => key));
  const nowFailed = now.services.filter(({ state, key }) => state === 'failed' && !failed.has(key));
  const recovered = now.services.filter(({ state, key }) => state === 'healthy' && failed.has(key));
  if (nowFailed.length > 0) changes.push({ kind: 'failed', services: nowFailed.map(({ name }) => name) });
  if (recovered.length > 0) changes.push({ kind: 'recovered', services: recovered.map(({ name }) => name) });
  const known = new Set(old.timeline.items.map(({ id }) => id));
  const isNews = old.timeline.items.length > 0;
  const released = now.timeline.items.find(({ id, lane }) => lane === 'releases' && !known.has(id));
  if (isNews && released !== undefined) changes.push({ kind: 'released', title: released.title });
  return changes;
}

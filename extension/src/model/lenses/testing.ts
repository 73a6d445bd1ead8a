import type { ImageStatus, ObjectStatus } from '@weaveflux/shared';
import { type AgentState, UNKNOWN_STATE } from '../agent/state.ts';
import { connected, deployment, imageStatus, objectStatus, sourceOf } from '../testing/source.ts';
import type { LensOptions, LensSpec } from './lens.ts';
import { lensesOf } from './lenses-of.ts';

/** The newest commit. */
export const HEAD = { revision: 'a1b2c3d4e5', subject: 's', author: 'a', time: '2030-01-01T00:00:00Z' };
/** When lenses are asked for. */
export const NOW = new Date('2030-01-02T00:00:00Z');
/** A sync that is over and well. */
export const SETTLED = { sync: { state: 'healthy', revision: HEAD.revision }, repository: { head: HEAD } } as const;
const HEALTHY = { state: 'healthy', message: '', ready: 3, desired: 3 } as const;
/** Three healthy replicas of the image that `deployment` states. */
export const RUNS: Partial<ObjectStatus> = { health: HEALTHY, images: { web: 'r.io/web:1.4.2' } };

interface Case {
  readonly text?: string;
  readonly state?: AgentState;
  readonly options?: Partial<LensOptions>;
  readonly path?: string;
}

/** The lenses of a file in an environment where releases are edits, unless told. */
export function lenses({
  text = deployment(),
  state = UNKNOWN_STATE,
  options = {},
  path = 'web.yaml',
}: Case): LensSpec[] {
  const defaults: LensOptions = { settings: { releaseMode: 'edit' }, environment: 'env', now: NOW };
  return lensesOf(sourceOf(path, text), state, { ...defaults, ...options });
}

/** The lenses by line, as an editor joins them. */
export function lines(specs: readonly LensSpec[]): string[] {
  const byLine = Map.groupBy(specs, ({ range }) => range.startLine + 1);
  return [...byLine].map(([line, own]) => `${line}: ${own.map(({ title }) => title).join(' | ')}`);
}

/** The lenses of a line, without its number. */
export function line(specs: readonly LensSpec[], which: 'workload' | 'image'): string {
  return (lines(specs)[which === 'workload' ? 0 : 1] ?? '').replace(/^\d+: /, '');
}

/** A settled environment with one object. */
export function know(object: Partial<ObjectStatus>, more: Parameters<typeof connected>[0] = {}): AgentState {
  return connected({ ...SETTLED, objects: [objectStatus({ ...RUNS, ...object })], ...more });
}

/** The same, with a decision about its image. */
export function decided(image: Partial<ImageStatus>, object: Partial<ObjectStatus> = {}): AgentState {
  return know(object, { images: [imageStatus(image)] });
}

import { type ImageStatus, type ObjectStatus, parseObjectKey } from '@weaveflux/shared';
import type { ManifestSource } from '../source/types.ts';
import type { AgentState } from './state.ts';

/** How the agent sees an object of a file: by its key; where the file leaves the namespace open, by file, kind and name. */
export function objectOf(state: AgentState, path: string, { key }: ManifestSource): ObjectStatus | undefined {
  const objects = state.status?.objects ?? [];
  return (
    objects.find((object) => object.key === key) ??
    objects.find((object) => object.file === path && isKeyOf(object.key, key))
  );
}

/** The agent's decisions about the images of an object of a file, by container. */
export function imagesOf(
  state: Pick<AgentState, 'images'>,
  path: string,
  { key }: Pick<ManifestSource, 'key'>,
): ReadonlyMap<string, ImageStatus> {
  const exact = state.images.filter(({ object }) => object === key);
  const found =
    exact.length > 0 ? exact : state.images.filter(({ object, file }) => file === path && isKeyOf(object, key));
  return new Map(found.map((image) => [image.container, image]));
}

/** Whether `open` is the settled key with its namespace left out. */
export function isKeyOf(settled: string, open: string): boolean {
  const [a, b] = [parseObjectKey(settled), parseObjectKey(open)];
  return (
    a !== undefined &&
    b !== undefined &&
    b.namespace === '' &&
    a.group === b.group &&
    a.kind === b.kind &&
    a.name === b.name
  );
}

import { type ImageStatus, type ObjectStatus, parseObjectKey } from '@weaveflux/shared';
import type { ManifestSource } from '../source/types.ts';
import { isKept } from './paths.ts';
import type { AgentState } from './state.ts';

type Known = Pick<AgentState, 'images' | 'status'>;
type Keyed = Pick<ManifestSource, 'key'>;

/** What the agent knows of the objects in files, found without a search for each. */
export interface Matches {
  /** Whether the agent reads a file, as far as that is known. */
  isKept(path: string): boolean;
  /** How the agent sees an object of a file: by its key; where the file leaves the namespace open, by file, kind and name. */
  objectOf(path: string, object: Keyed): ObjectStatus | undefined;
  /** The agent's decisions about the images of an object of a file, by container. */
  imagesOf(path: string, object: Keyed): ReadonlyMap<string, ImageStatus>;
}

/** Prepares what is known of an environment for many questions. A file outside the agent's paths is none of its. */
export function matchesOf({ status, images }: Known): Matches {
  const objects = finder(status?.objects ?? [], ({ key }) => key);
  const decisions = finder(images, ({ object }) => object);
  const paths = status?.repository.paths ?? [];
  return {
    isKept: (path) => isKept(path, paths),
    objectOf: (path, { key }) => (isKept(path, paths) ? objects(path, key)[0] : undefined),
    imagesOf(path, { key }) {
      const byContainer = new Map<string, ImageStatus>();
      if (isKept(path, paths)) for (const image of decisions(path, key)) byContainer.set(image.container, image);
      return byContainer;
    },
  };
}

/** `Matches.objectOf` for one question. */
export function objectOf(state: Known, path: string, object: Keyed): ObjectStatus | undefined {
  return matchesOf(state).objectOf(path, object);
}

/** `Matches.imagesOf` for one question. */
export function imagesOf(state: Known, path: string, object: Keyed): ReadonlyMap<string, ImageStatus> {
  return matchesOf(state).imagesOf(path, object);
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

/** Finds the items of a key; where it leaves the namespace open, those of the file that fit it. */
function finder<Item extends { readonly file?: string | undefined }>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
): (path: string, key: string) => readonly Item[] {
  const byKey = Map.groupBy(items, keyOf);
  let byFile: Map<string | undefined, Item[]> | undefined;
  return (path, key) => {
    const found = byKey.get(key);
    if (found !== undefined) return found;
    byFile ??= Map.groupBy(items, ({ file }) => file);
    return byFile.get(path)?.filter((item) => isKeyOf(keyOf(item), key)) ?? [];
  };
}

import { type HistoryEntry, objectKey, PLACE_GROUP } from '@weaveflux/shared';
import type { Environment } from '../../delivery/environment.ts';
import { createImageHistory, type ImageHistoryEntry, toHistoryEntry } from './history.ts';

/** What the commits of the repository say of images, read as its settings of now want it. */
export interface Past {
  /** Of a revision and those before it, newest first. */
  read(revision: string, signal: AbortSignal): Promise<readonly ImageHistoryEntry[]>;
  /** What of it people are shown, with the names that objects have in the cluster. */
  shown(entries: readonly ImageHistoryEntry[]): HistoryEntry[];
}

/** The past of an environment; read when it is asked for. */
export function createPast({ repository, config, memory }: Environment): Past {
  const history = createImageHistory(repository);
  return {
    read: (revision, signal) => history.read(revision, config.gitPaths, memory.imagePolicies, signal),
    shown(entries) {
      // The object that a manifest without a namespace turned out to be.
      const settled = new Map([...memory.wanted].map(([key, { object }]) => [objectKey(object.manifest.id), key]));
      const resolve = (writtenKey: string): string => settled.get(writtenKey) ?? writtenKey;
      // A file is read as a place and as manifests: which of both it is only the revision says.
      const known = new Set(memory.places.map(({ object }) => object.key));
      const isShown = ({ from, to, writtenKey }: ImageHistoryEntry): boolean =>
        from !== to && (!writtenKey.startsWith(`${PLACE_GROUP}/`) || known.has(writtenKey));
      return entries.filter(isShown).map((entry) => toHistoryEntry(entry, resolve));
    },
  };
}

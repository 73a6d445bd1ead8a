import { setImmediate } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import {
  containersIn,
  effectiveTag,
  findMarkers,
  type HistoryEntry,
  type Manifest,
  manifestsOf,
  markedImages,
  objectKey,
  parseFile,
  placesOf,
  tryParseImage,
} from '@weaveflux/shared';
import type { CommitDetail, Repository } from '../../git/repository.ts';
import { failureOf, type PastChange, pastChange } from './holds.ts';
import { type CommitTrailers, readTrailers } from './trailers.ts';

/** Commits that are read for holds and history; older ones are forgotten. */
export const HISTORY_LIMIT = 1000;
/** Commits whose texts are held at once. */
const BATCH = 25;

/** One change of a container's image in one commit. */
export interface ImageHistoryEntry {
  readonly commit: CommitDetail;
  readonly trailers: CommitTrailers;
  /** `objectKey` of the manifest as written, without the default namespace. */
  readonly writtenKey: string;
  readonly container: string;
  readonly repository: string;
  readonly from: string;
  readonly to: string;
  /** Digests written beside the tags; where only they differ, `from` and `to` are equal. */
  readonly fromDigest?: string;
  readonly toDigest?: string;
}

/** Reads which images the commits of a branch changed, newest first; what was read once is not read again. */
export interface ImageHistory {
  read(
    revision: string,
    paths: readonly string[],
    /** The ImagePolicies and ImageRepositories by which markers are understood. */
    policies: readonly Manifest[],
    signal: AbortSignal,
  ): Promise<readonly ImageHistoryEntry[]>;
}

type Images = ReadonlyMap<string, { writtenKey: string; container: string; image: string }>;

/** A history without anything read. */
export function createImageHistory(repository: Repository): ImageHistory {
  let commits = new Map<string, readonly ImageHistoryEntry[]>();
  let last: { revision: string; entries: readonly ImageHistoryEntry[] } | undefined;
  let understood: readonly Manifest[] = [];

  async function read(
    revision: string,
    paths: readonly string[],
    policies: readonly Manifest[],
    signal: AbortSignal,
  ): Promise<readonly ImageHistoryEntry[]> {
    if (!isDeepStrictEqual(policies.map(contentOf), understood.map(contentOf))) {
      last = undefined;
      commits = new Map();
    }
    understood = policies;
    if (last?.revision === revision) return last.entries;
    const found = await repository.history(revision, paths, HISTORY_LIMIT, signal);
    const fresh = found.filter((commit) => !commits.has(commit.revision));
    const before = commits;
    const news = await changesOfAll(repository, fresh, policies, signal);
    const all = new Map(found.map(({ revision: id }) => [id, before.get(id) ?? news.get(id) ?? []]));
    const entries = [...all.values()].flat();
    if (understood !== policies) return entries;
    commits = all;
    last = { revision, entries };
    return entries;
  }

  return { read };
}

/** What the policies need of a container's history, newest first. */
export function pastChanges(
  entries: readonly ImageHistoryEntry[],
  subject: { readonly writtenKey: string; readonly name: string; readonly container: string },
): PastChange[] {
  return entries
    .filter((entry) => entry.writtenKey === subject.writtenKey && entry.container === subject.container)
    .map(({ commit, trailers, from, to, fromDigest, toDigest }) => {
      const container = { workload: subject.name, container: subject.container };
      return {
        ...pastChange({ revision: commit.revision, trailers }, container, from, to),
        by: trailers.requestedBy ?? trailers.approvedBy ?? commit.author,
        time: commit.time,
        ...digests(fromDigest, toDigest),
      };
    });
}

/** An entry as the API tells it. `resolve` gives the `objectKey` of a manifest as written. */
export function toHistoryEntry(entry: ImageHistoryEntry, resolve: (writtenKey: string) => string): HistoryEntry {
  const { commit, trailers, container, repository, from, to, fromDigest } = entry;
  const told = trailers.changes.find((change) => change.container === container && change.to === to);
  const rollback = told && failureOf(trailers, told.workload);
  // In a commit that does both, who approved stands for what policies chose.
  const isChosen = told?.policy !== undefined || trailers.requestedBy === undefined;
  const approvedBy = isChosen ? trailers.approvedBy : undefined;
  const requestedBy = approvedBy === undefined ? trailers.requestedBy : undefined;
  return {
    commit: { revision: commit.revision, subject: commit.subject, author: commit.author, time: commit.time },
    object: resolve(entry.writtenKey),
    container,
    repository,
    from,
    to,
    ...(fromDigest === undefined ? {} : { fromDigest }),
    ...(told?.policy === undefined ? {} : { policy: told.policy }),
    ...(requestedBy === undefined ? {} : { requestedBy }),
    ...(approvedBy === undefined ? {} : { approvedBy }),
    ...(rollback === undefined ? {} : { rollback }),
  };
}

/** Reads commits a batch at a time, so that neither their texts nor the parsing of them crowd out everything else. */
async function changesOfAll(
  repository: Pick<Repository, 'read'>,
  commits: readonly CommitDetail[],
  policies: readonly Manifest[],
  signal: AbortSignal,
): Promise<Map<string, readonly ImageHistoryEntry[]>> {
  const changes = new Map<string, readonly ImageHistoryEntry[]>();
  for (let start = 0; start < commits.length; start += BATCH) {
    const batch = commits.slice(start, start + BATCH);
    const texts = await repository.read(blobsOf(batch), signal);
    const known = new Map<string, Images>();
    // What a commit found is mostly what the one before it left.
    const imagesOf = (file: string, blob: string): Images => {
      const images = known.get(`${blob} ${file}`) ?? imagesIn(file, texts.get(blob) ?? '', policies);
      known.set(`${blob} ${file}`, images);
      return images;
    };
    for (const commit of batch) {
      changes.set(commit.revision, changesOf(commit, imagesOf));
      await setImmediate();
      signal.throwIfAborted();
    }
  }
  return changes;
}

function blobsOf(commits: readonly CommitDetail[]): string[] {
  const blobs = commits.flatMap(({ files }) =>
    files.flatMap((file) => (isChange(file) ? [file.before, file.after] : [])),
  );
  return [...new Set(blobs)];
}

/** A file that was there before and after: one that is new or gone changed no tag. */
function isChange(file: CommitDetail['files'][number]): file is { path: string; before: string; after: string } {
  return (
    file.before !== undefined && file.after !== undefined && /(\.(ya?ml|json)|(^|\/)Kustomization)$/.test(file.path)
  );
}

function contentOf({ value }: Manifest): Manifest['value'] {
  return value;
}

function changesOf(commit: CommitDetail, imagesOf: (file: string, blob: string) => Images): ImageHistoryEntry[] {
  const trailers = readTrailers(`${commit.subject}\n\n${commit.body}`);
  return commit.files.filter(isChange).flatMap(({ path, before, after }) => {
    const old = imagesOf(path, before);
    return [...imagesOf(path, after)].flatMap(([place, { writtenKey, container, image }]) => {
      const [was, is] = [tryParseImage(old.get(place)?.image ?? ''), tryParseImage(image)];
      if (was === undefined || is === undefined || was.canonicalName !== is.canonicalName) return [];
      const [from, to] = [effectiveTag(was) ?? '', effectiveTag(is) ?? ''];
      if (from === to && was.digest === is.digest) return [];
      const about = { commit, trailers, writtenKey, container, repository: is.canonicalName };
      return [{ ...about, from, to, ...digests(was.digest, is.digest) }];
    });
  });
}

function digests(from: string | undefined, to: string | undefined): { fromDigest?: string; toDigest?: string } {
  return {
    ...(from === undefined ? {} : { fromDigest: from }),
    ...(to === undefined ? {} : { toDigest: to }),
  };
}

function imagesIn(file: string, text: string, policies: readonly Manifest[]): Images {
  if (!mayHaveImages(text)) return new Map();
  const parsed = parseFile(file, text);
  const { manifests } = manifestsOf(parsed);
  const markers = findMarkers(file, text, parsed);
  const places = placesOf(file, parsed, markers);
  const ofContainers = [...manifests, ...places].flatMap((manifest) =>
    containersIn(manifest).map(({ name, image }) => ({ id: manifest.id, container: name, image })),
  );
  // Which of both a document is depends on its folder, which may have been another one's kind then.
  const marked = [manifests, places].flatMap((some) => {
    const others = policies.filter((policy) => policy.file !== file || !some.some((it) => isSameName(it, policy)));
    return markedImages(file, markers, [...some, ...others]).images;
  });
  const ofMarkers = marked.map(({ manifest, container, image }) => ({
    id: manifest.id,
    container,
    image: image.text,
  }));
  return new Map(
    [...ofContainers, ...ofMarkers].map(({ id, container, image }) => {
      const writtenKey = objectKey(id);
      return [`${writtenKey} ${container}`, { writtenKey, container, image }];
    }),
  );
}

/** Whether a file states what another text of it stated, too; its namespace is settled for one of both only. */
function isSameName({ id: a }: Manifest, { id: b }: Manifest): boolean {
  return a.group === b.group && a.kind === b.kind && a.name === b.name;
}

/** Saves the parsing of most files: fields of images are called so, or annotations as Flux v1 had them name them. */
function mayHaveImages(text: string): boolean {
  return text.includes('image') || text.includes('.fluxcd.io/');
}

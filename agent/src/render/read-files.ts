import { setImmediate } from 'node:timers/promises';
import {
  failure,
  findMarkers,
  manifestsOf,
  type Problem,
  parseFile,
  placeProblems,
  placesOf,
  SETTINGS_FILE,
} from '@weaveflux/shared';
import type { Repository, TreeFile } from '../git/repository.ts';
import type { RenderCache, Rendered } from './cache.ts';

/** Larger files are not read: no object that Kubernetes takes is a tenth of that. */
export const MAX_FILE_BYTES = 16 * 1024 * 1024;
/** Bytes read at once. */
const BATCH_BYTES = 32 * 1024 * 1024;
/** Milliseconds of parsing after which others get their turn. */
const SLICE = 20;

/** Turns the text of a file, `undefined` where it has none, into what it says. */
export type Renderer = (file: TreeFile, text: string | undefined) => Rendered;

/** What each file says, by the cache where it is known. Rejections: what `Repository.read` rejects with. */
export async function readFiles(
  repository: Pick<Repository, 'read'>,
  cache: Pick<RenderCache, 'get'>,
  files: readonly TreeFile[],
  signal: AbortSignal,
  render: Renderer = renderManifests,
): Promise<Map<TreeFile, Rendered>> {
  const rendered = new Map<TreeFile, Rendered>();
  const unknown: TreeFile[] = [];
  for (const file of files) {
    const known = cache.get(file.path, file.blob);
    if (known !== undefined) rendered.set(file, known);
    else if ((file.size ?? 0) > MAX_FILE_BYTES) rendered.set(file, broken(tooLarge(file)));
    else unknown.push(file);
  }
  for (const batch of batches(unknown)) {
    const texts = await repository.read(
      batch.map(({ blob }) => blob),
      signal,
    );
    let since = performance.now();
    for (const file of batch) {
      if (performance.now() - since > SLICE) {
        await setImmediate();
        signal.throwIfAborted();
        since = performance.now();
      }
      rendered.set(file, render(file, texts.get(file.blob)));
    }
  }
  return rendered;
}

/** What a file of manifests says; a problem where it has no text. */
export function renderManifests(file: Pick<TreeFile, 'path'>, text: string | undefined): Rendered {
  if (text === undefined) return broken(notText(file));
  const parsed = parseFile(file.path, text);
  const markers = findMarkers(file.path, text, parsed);
  const loaded = manifestsOf(parsed);
  const places = placesOf(file.path, parsed, markers);
  const imageProblems = placeProblems(parsed, [...loaded.manifests, ...places]);
  return { ...loaded, markers, places, imageProblems };
}

function broken(problem: Problem): Rendered {
  return { manifests: [], ignored: 0, problems: [problem], markers: [], places: [], imageProblems: [] };
}

function tooLarge({ path, size }: TreeFile): Problem {
  const mebibytes = ((size ?? 0) / 1024 / 1024).toFixed(1);
  const message = `${path} has ${mebibytes} MiB and at most ${MAX_FILE_BYTES / 1024 / 1024} are read; split it, or ignore it in ${SETTINGS_FILE}.`;
  return failure('UNREADABLE_FILE', message, { file: path });
}

function notText({ path }: Pick<TreeFile, 'path'>): Problem {
  return failure('UNREADABLE_FILE', `${path} is no UTF-8 text; save it as UTF-8, or ignore it in ${SETTINGS_FILE}.`, {
    file: path,
  });
}

function* batches(files: readonly TreeFile[]): Generator<TreeFile[]> {
  let batch: TreeFile[] = [];
  let bytes = 0;
  for (const file of files) {
    if (bytes > BATCH_BYTES) {
      yield batch;
      [batch, bytes] = [[], 0];
    }
    batch.push(file);
    bytes += file.size ?? 0;
  }
  if (batch.length > 0) yield batch;
}

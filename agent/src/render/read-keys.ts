import { asWeavefluxError, type ImageSettings } from '@weaveflux/shared';
import type { Repository, TreeFile } from '../git/repository.ts';
import { KEY_FILE_BYTES, type KeyFiles, keyFilesOf } from '../signatures/rules.ts';

/** The revision that keys are read from. */
export interface KeySource {
  readonly repository: Pick<Repository, 'files' | 'read'>;
  readonly revision: string;
  readonly signal: AbortSignal;
}

/** The files with keys that the settings name. They may lie anywhere in the repository, also outside of the git paths. */
export async function readKeyFiles(
  { repository, revision, signal }: KeySource,
  images: ImageSettings,
): Promise<KeyFiles> {
  const paths = keyFilesOf(images);
  const listed = await Promise.all(paths.map((path) => filesAt(repository, revision, path, signal)));
  const found = listed.flat();
  const small = found.filter(({ size = 0 }) => size <= KEY_FILE_BYTES);
  const blobs = small.map(({ blob }) => blob);
  const texts = blobs.length === 0 ? new Map<string, string>() : await repository.read(blobs, signal);
  return new Map([
    ...found.flatMap(({ path, size = 0 }) => (size > KEY_FILE_BYTES ? [[path, undefined] as const] : [])),
    ...small.flatMap(({ path, blob }) => {
      const text = texts.get(blob);
      return text === undefined ? [] : [[path, text] as const];
    }),
  ]);
}

/** The file with just this path; of a folder none. */
async function filesAt(
  repository: KeySource['repository'],
  revision: string,
  path: string,
  signal: AbortSignal,
): Promise<TreeFile[]> {
  try {
    const files = await repository.files(revision, [path], signal);
    return files.filter((file) => file.path === path);
  } catch (error) {
    if (asWeavefluxError(error).code === 'NOT_FOUND') return [];
    throw error;
  }
}

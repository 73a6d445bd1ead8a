import { annotationKeysOf, annotationPath, parseFile, statedAnnotations } from '@weaveflux/shared';
import type { Repository } from '../../git/repository.ts';
import type { Subject } from '../subjects.ts';

/** Where a policy is written: of an annotation its line, of an ImagePolicy where that begins; `undefined` = none is written. */
export async function policyPlace(
  { manifest, place, imagePolicy }: Subject,
  source: {
    readonly repository: Pick<Repository, 'files' | 'read'>;
    readonly revision: string | undefined;
    readonly signal: AbortSignal;
  },
): Promise<{ file: string; line: number } | undefined> {
  if (imagePolicy !== undefined) return { file: imagePolicy.file, line: imagePolicy.line };
  const written = statedAnnotations(manifest);
  const [key] = [
    ...annotationKeysOf(written, 'tag', place.container),
    ...annotationKeysOf(written, 'tag-filter', place.container),
  ];
  if (key === undefined) return undefined;
  const text = await textOf(manifest.file, source);
  const document = text === undefined ? undefined : parseFile(manifest.file, text).documents[manifest.document];
  const position = document?.position([...manifest.at, ...annotationPath(manifest, key)], 'key');
  return { file: manifest.file, line: position?.line ?? manifest.line };
}

/** A file that the revision no longer has has no line: what is shown beside it does not wait for that. */
async function textOf(
  file: string,
  { repository, revision, signal }: Parameters<typeof policyPlace>[1],
): Promise<string | undefined> {
  if (revision === undefined) return undefined;
  try {
    const [found] = await repository.files(revision, [file], signal);
    return found === undefined ? undefined : (await repository.read([found.blob], signal)).get(found.blob);
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}

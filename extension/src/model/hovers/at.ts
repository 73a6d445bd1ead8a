import { readKey } from '@weaveflux/shared';
import { type Cursor, holdsCursor, manifestAt } from '../cursor.ts';
import type { FileSource, ImageSource, ManifestSource, TextRange } from '../source/types.ts';

/** An annotation of ours that a cursor stands in. */
export interface AnnotationAt {
  /** Absent where the document could never be read. */
  readonly manifest: ManifestSource | undefined;
  readonly key: string;
  readonly value: unknown;
  readonly range: TextRange;
}

/** `key: value` on one line, in YAML or JSON. */
const LINE =
  /^(\s*["']?)((?:[\w-]+\.)*[\w-]+\/[\w.-]+)(["']?\s*:)\s*(?:"([^"]*)"|'([^']*)'|([^\s#][^#]*?))?\s*,?\s*(?:#.*)?$/;

/** The image that a cursor stands in. */
export function imageAt(
  { manifests }: FileSource,
  cursor: Cursor,
): { readonly manifest: ManifestSource; readonly image: ImageSource } | undefined {
  for (const manifest of manifests) {
    const image = manifest.images.find(({ range, text }) => text !== '' && holdsCursor(range, cursor));
    if (image !== undefined) return { manifest, image };
  }
  return undefined;
}

/** The annotation of ours, or of Flux v1's, that a cursor stands in; by its line where the document cannot be read. */
export function annotationAt(source: FileSource, cursor: Cursor, line: string): AnnotationAt | undefined {
  for (const manifest of source.manifests.filter(({ stale }) => !stale)) {
    for (const { key, value, keyRange, valueRange } of manifest.annotations) {
      const range = [keyRange, valueRange].find((it) => holdsCursor(it, cursor));
      if (range !== undefined) return isOurs(key) ? { manifest, key, value, range } : undefined;
    }
  }
  return onLine(source, cursor, line);
}

function onLine(source: FileSource, { line, character }: Cursor, text: string): AnnotationAt | undefined {
  const [, before = '', key = '', , double, single, plain] = LINE.exec(text) ?? [];
  const manifest = manifestAt(source, line);
  if (key === '' || !isOurs(key) || manifest?.stale === false) return undefined;
  const end = text.trimEnd().length;
  if (character < before.length || character > end) return undefined;
  const range = { startLine: line, startCharacter: before.length, endLine: line, endCharacter: end };
  return { manifest, key, value: double ?? single ?? plain ?? '', range };
}

function isOurs(key: string): boolean {
  const found = readKey(key);
  return found !== undefined && found !== 'unknown';
}

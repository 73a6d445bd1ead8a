import type { FileSource, ManifestSource, TextRange } from './source/types.ts';

/** A place in a text as editors count: 0-based. */
export interface Cursor {
  readonly line: number;
  readonly character: number;
}

/** Whether a cursor stands in a range or at its edge. */
export function holdsCursor(range: TextRange, { line, character }: Cursor): boolean {
  const { startLine, startCharacter, endLine, endCharacter } = range;
  if (line < startLine || line > endLine) return false;
  return (line > startLine || character >= startCharacter) && (line < endLine || character <= endCharacter);
}

/** The object that a line stands in: the last that begins before it in the same document. */
export function manifestAt({ manifests, text }: FileSource, line: number): ManifestSource | undefined {
  const manifest = manifests.findLast(({ start }) => start.startLine <= line);
  if (manifest === undefined) return undefined;
  const between = text.split('\n', line + 1).slice(manifest.start.startLine + 1);
  return between.some((it) => /^(?:---|\.\.\.)(?:\s|$)/.test(it)) ? undefined : manifest;
}

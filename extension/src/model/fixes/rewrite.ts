import { applyEdits, asWeavefluxError, manifestsOf, objectKey, type Path, parseFile } from '@weaveflux/shared';
import { minimalReplaces } from '../changes/minimal-replaces.ts';
import { type Part, splitFile } from '../source/split.ts';
import type { FileSource, ManifestSource, TextRange } from '../source/types.ts';
import type { TextReplace } from './fix.ts';

/**
 * The replacements that give the string at a path of an object another value, or, with `undefined`, remove its key; by
 * the agent's own byte-exact edits in the object's document alone. None where that cannot be edited.
 */
export function rewritten(
  source: FileSource,
  manifest: ManifestSource,
  path: Path,
  value: string | undefined,
): readonly TextReplace[] {
  const part = splitFile(source.path, source.text).findLast(({ line }) => line <= manifest.start.startLine);
  if (part === undefined || manifest.stale) return [];
  const own = manifestsOf(parseFile(source.path, part.text)).manifests.find(
    ({ id, line }) => objectKey(id) === manifest.key && line === manifest.manifest.line - part.line,
  );
  if (own === undefined) return [];
  try {
    const edit = { document: own.document, path: [...own.at, ...path], value };
    return replacesOf(part, applyEdits(source.path, part.text, [edit]));
  } catch (error) {
    // A value that is shared by an alias or made by a template has no quick fix; the finding says what to do.
    if (asWeavefluxError(error).code === 'EDIT_CONFLICT') return [];
    throw error;
  }
}

/** The replacement of what stands in a range of one line, within its quotes; none where it is not written so. */
export function replacedIn(text: string, range: TextRange, before: string, after: string): readonly TextReplace[] {
  const { startLine, startCharacter } = range;
  const at = textOf(text, range).indexOf(before);
  if (at < 0 || range.endLine !== startLine) return [];
  let head = 0;
  while (head < before.length && before[head] === after[head]) head++;
  const start = startCharacter + at + head;
  const end = startCharacter + at + before.length;
  return [
    { range: { startLine, startCharacter: start, endLine: startLine, endCharacter: end }, text: after.slice(head) },
  ];
}

/** What is written in a range; of several lines the first. */
export function textOf(text: string, { startLine, startCharacter, endLine, endCharacter }: TextRange): string {
  const line = text.split('\n', startLine + 1)[startLine] ?? '';
  return line.slice(startCharacter, endLine === startLine ? endCharacter : undefined);
}

function replacesOf({ text, line }: Part, after: string): TextReplace[] {
  const starts = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
  // Editors do not count a byte order mark.
  const mark = line === 0 && text.startsWith('\uFEFF') ? 1 : 0;
  const place = (offset: number): readonly [number, number] => {
    const index = starts.findLastIndex((start) => start <= offset);
    return [index + line, offset - (starts[index] ?? 0) - (index === 0 ? mark : 0)];
  };
  return minimalReplaces(text, after).map(({ start, end, text: put }) => {
    const [startLine, startCharacter] = place(start);
    const [endLine, endCharacter] = place(end);
    return { range: { startLine, startCharacter, endLine, endCharacter }, text: put };
  });
}

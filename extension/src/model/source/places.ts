import type { Marker, Position, Problem } from '@weaveflux/shared';
import type { ManifestSource, TextRange } from './types.ts';

/** A Flux v2 marker, and where the value stands that it is beside. */
export interface MarkerSource {
  readonly marker: Marker;
  readonly range: TextRange;
}

/** How lines of one text are numbered in another; `undefined` = the line is gone. */
export type LineMap = (line: number) => number | undefined;

/** A position in a part as editors count in its file, where so many lines are before the part. */
export function rangeOf(text: string, { start, end, line, column }: Position, lines: number): TextRange {
  const startLine = lines + line - 1;
  const startCharacter = column - 1;
  const lineEnd = text.indexOf('\n', start);
  if (lineEnd < 0 || lineEnd >= end) {
    return { startLine, startCharacter, endLine: startLine, endCharacter: startCharacter + end - start };
  }
  const rest = text.slice(lineEnd + 1, end).split('\n');
  return { startLine, startCharacter, endLine: startLine + rest.length, endCharacter: rest.at(-1)?.length ?? 0 };
}

/** From where a position begins to the end of that line. */
export function firstLineOf(text: string, position: Position, lines: number): TextRange {
  const lineEnd = text.indexOf('\n', position.start);
  const line = text.slice(position.start, lineEnd < 0 ? text.length : lineEnd).trimEnd();
  return rangeOf(text, { ...position, end: position.start + line.length }, lines);
}

/** A manifest where it stands when there are so many lines and documents more before its part. */
export function moveManifest(source: ManifestSource, lines: number, documents: number): ManifestSource {
  if (lines === 0 && documents === 0) return source;
  const { manifest } = source;
  const move = <Place extends { readonly range: TextRange }>(it: Place): Place => ({
    ...it,
    range: moveRange(it.range, lines),
  });
  return {
    ...source,
    manifest: { ...manifest, line: manifest.line + lines, document: manifest.document + documents },
    start: moveRange(source.start, lines),
    images: source.images.map(move),
    annotations: source.annotations.map((it) => ({
      ...it,
      keyRange: moveRange(it.keyRange, lines),
      valueRange: moveRange(it.valueRange, lines),
    })),
  };
}

/** A marker where it stands when there are so many lines and documents more before its part. */
export function moveMarker({ marker, range }: MarkerSource, lines: number, documents: number): MarkerSource {
  if (lines === 0 && documents === 0) return { marker, range };
  return {
    marker: { ...marker, line: marker.line + lines, document: marker.document + documents },
    range: moveRange(range, lines),
  };
}

/** A problem where there are so many lines more before its part; its message names file and line, as those of reading do. */
export function moveProblem(problem: Problem, lines: number): Problem {
  const { file, line, message } = problem;
  if (lines === 0 || line === undefined) return problem;
  const moved = message.replace(`${file} line ${line}`, () => `${file} line ${line + lines}`);
  return { ...problem, line: line + lines, message: moved };
}

/** A manifest by a map of its lines, as it last was; what stood on lines that are gone is left out, it itself goes to the top. */
export function mapManifest(source: ManifestSource, map: LineMap, top: number): ManifestSource {
  return {
    ...source,
    stale: true,
    manifest: { ...source.manifest, line: (map(source.manifest.line - 1) ?? top) + 1 },
    start: mapRange(source.start, map) ?? { ...source.start, startLine: top, endLine: top },
    images: source.images.flatMap((it) => {
      const range = mapRange(it.range, map);
      return range === undefined ? [] : [{ ...it, range }];
    }),
    annotations: source.annotations.flatMap((it) => {
      const keyRange = mapRange(it.keyRange, map);
      const valueRange = mapRange(it.valueRange, map);
      return keyRange === undefined || valueRange === undefined ? [] : [{ ...it, keyRange, valueRange }];
    }),
  };
}

/** A marker by a map of its lines; none where its line is gone. */
export function mapMarker({ marker, range }: MarkerSource, map: LineMap): MarkerSource[] {
  const line = map(marker.line - 1);
  const moved = mapRange(range, map);
  return line === undefined || moved === undefined ? [] : [{ marker: { ...marker, line: line + 1 }, range: moved }];
}

function moveRange(range: TextRange, lines: number): TextRange {
  return { ...range, startLine: range.startLine + lines, endLine: range.endLine + lines };
}

function mapRange(range: TextRange, map: LineMap): TextRange | undefined {
  const startLine = map(range.startLine);
  return startLine === undefined ? undefined : moveRange(range, startLine - range.startLine);
}

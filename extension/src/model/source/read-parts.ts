import type { PolicyReader } from './policies.ts';
import { type PartReading, readPart, readPartQuickly } from './read-part.ts';
import type { Part } from './split.ts';

/** Reads parts that stand one after the other, before which there are so many documents: all at once, as that costs less. */
export function readParts(
  path: string,
  parts: readonly Part[],
  document: number,
  readPolicies: PolicyReader,
): PartReading[] {
  const [first] = parts;
  if (first === undefined) return [];
  const text = ownCopy(parts.map((part) => part.text).join(''));
  const place = { text, line: first.line, document };
  if (parts.length === 1) return [readPart(path, place, readPolicies)];
  const all = readPartQuickly(path, place, readPolicies);
  if (!all.isBroken) return cut(all, parts);
  let before = document;
  return parts.flatMap((part) => {
    const readings = readParts(path, [part], before, readPolicies);
    for (const { documents } of readings) before += documents.length;
    return readings;
  });
}

/** What of a reading is whose part's, by the lines. */
function cut({ text, document, ...all }: PartReading, parts: readonly Part[]): PartReading[] {
  const documents = Map.groupBy(all.documents, (line) => indexAt(parts, line));
  const manifests = Map.groupBy(all.manifests, ({ start }) => indexAt(parts, start.startLine));
  const markers = Map.groupBy(all.markers, ({ range }) => indexAt(parts, range.startLine));
  const problems = Map.groupBy(all.problems, ({ line = 1 }) => indexAt(parts, line - 1));
  let offset = 0;
  let before = document;
  return parts.map((part, index) => {
    const own = documents.get(index) ?? [];
    const reading: PartReading = {
      text: text.slice(offset, offset + part.text.length),
      line: part.line,
      document: before,
      documents: own,
      manifests: manifests.get(index) ?? [],
      markers: markers.get(index) ?? [],
      problems: problems.get(index) ?? [],
      isBroken: false,
    };
    offset += part.text.length;
    before += own.length;
    return reading;
  });
}

/** The index of the part that a line is in. */
function indexAt(parts: readonly Part[], line: number): number {
  let low = 0;
  let high = parts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((parts[middle]?.line ?? 0) <= line) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** The text in memory of its own: a slice keeps the whole text of the file alive, one for each part that is typed in. */
function ownCopy(text: string): string {
  return ` ${text}`.slice(1);
}

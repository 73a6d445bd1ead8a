import type { Problem } from '@weaveflux/shared';
import { withMarkers } from './markers.ts';
import { pairParts } from './pair.ts';
import { type MarkerSource, moveManifest, moveMarker, moveProblem } from './places.ts';
import { createPolicyReader, type PolicyReader } from './policies.ts';
import type { PartPlace, PartReading } from './read-part.ts';
import { readParts } from './read-parts.ts';
import { type Part, splitFile } from './split.ts';
import { staleReading } from './stale.ts';
import type { FileSource, ManifestSource, SourceReader } from './types.ts';

/** Characters; a file beyond that is not read, since nobody edits it by hand. */
const MAX_LENGTH = 1024 * 1024;

/** A part in its place in the file. */
interface PlacedPart extends PartPlace {
  readonly reading: PartReading;
  /** How it last could be read; absent = never yet. */
  readonly good: PartReading | undefined;
  readonly documents: number;
  readonly manifests: readonly ManifestSource[];
  readonly markers: readonly MarkerSource[];
  readonly problems: readonly Problem[];
}

interface ReadFile {
  readonly source: FileSource;
  readonly parts: readonly PlacedPart[];
}

/** Makes a reader that remembers nothing yet. */
export function createSourceReader(): SourceReader {
  const files = new Map<string, ReadFile>();
  const readPolicies = createPolicyReader();
  return {
    read(path, text) {
      const before = files.get(path);
      if (before?.source.text === text) return before.source;
      const file =
        text.length > MAX_LENGTH ? leftOut(path, text) : readFile(path, text, before?.parts ?? [], readPolicies);
      files.set(path, file);
      return file.source;
    },
    forget(path) {
      files.delete(path);
    },
  };
}

function leftOut(path: string, text: string): ReadFile {
  const tooLarge = `${path} is larger than 1 MB, so Weaveflux shows nothing in it; split it into several files.`;
  return { source: { path, text, manifests: [], problems: [], tooLarge }, parts: [] };
}

function readFile(path: string, text: string, before: readonly PlacedPart[], readPolicies: PolicyReader): ReadFile {
  const split = splitFile(path, text);
  const pairs = pairParts(before, split);
  const readings = readingsOf(split, pairs, (unread, document) => readParts(path, unread, document, readPolicies));
  const parts: PlacedPart[] = [];
  let document = 0;
  for (const [index, reading] of readings.entries()) {
    const placed = placePart(reading, split[index]?.line ?? 0, document, pairs[index]);
    document += placed.documents;
    parts.push(placed);
  }
  const manifests = parts.flatMap((part) => part.manifests);
  const markers = parts.flatMap((part) => part.markers);
  const problems = parts.flatMap((part) => part.problems);
  return { source: { path, text, manifests: withMarkers(path, manifests, markers), problems }, parts };
}

/** A reading of each part: the one of before where the text is the same, else a new one, of neighbours together. */
function readingsOf(
  parts: readonly Part[],
  pairs: readonly (PlacedPart | undefined)[],
  read: (unread: readonly Part[], document: number) => readonly PartReading[],
): PartReading[] {
  const readings: PartReading[] = [];
  let unread: Part[] = [];
  let document = 0;
  const readUnread = (): void => {
    for (const reading of read(unread, document)) {
      readings.push(reading);
      document += reading.documents.length;
    }
    unread = [];
  };
  for (const [index, part] of parts.entries()) {
    const before = pairs[index];
    if (before?.text !== part.text) {
      unread.push(part);
      continue;
    }
    readUnread();
    readings.push(before.reading);
    document += before.documents;
  }
  readUnread();
  return readings;
}

function placePart(reading: PartReading, line: number, document: number, before: PlacedPart | undefined): PlacedPart {
  const isSame = before?.reading === reading;
  if (isSame && before.line === line && before.document === document) return before;
  const good = reading.isBroken ? before?.good : reading;
  const shown = reading.isBroken && good !== undefined ? staleReading(good, reading.text) : reading;
  const [lines, documents] = [line - shown.line, document - shown.document];
  return {
    text: reading.text,
    line,
    document,
    reading,
    good,
    documents: shown.documents.length,
    manifests: shown.manifests.map((manifest) => moveManifest(manifest, lines, documents)),
    markers: shown.markers.map((marker) => moveMarker(marker, lines, documents)),
    problems: reading.problems.map((problem) => moveProblem(problem, line - reading.line)),
  };
}

import type { Problem } from '@weaveflux/shared';
import { tooLarge } from './limits.ts';
import { withMarkers } from './markers.ts';
import { pairParts } from './pair.ts';
import { type MarkerSource, moveManifest, moveMarker, moveProblem } from './places.ts';
import { createPolicyReader, type PolicyReader } from './policies.ts';
import { type PartPlace, type PartReading, readPart } from './read-part.ts';
import { type Part, splitFile } from './split.ts';
import { staleReading } from './stale.ts';
import type { FileSource, ManifestSource, SourceReader } from './types.ts';

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
      const why = tooLarge(path, text);
      const file =
        why === undefined ? readFile(path, text, before?.parts ?? [], readPolicies) : leftOut(path, text, why);
      files.set(path, file);
      return file.source;
    },
    forget(path) {
      files.delete(path);
    },
  };
}

function leftOut(path: string, text: string, why: string): ReadFile {
  return { source: { path, text, manifests: [], problems: [], tooLarge: why }, parts: [] };
}

function readFile(path: string, text: string, before: readonly PlacedPart[], readPolicies: PolicyReader): ReadFile {
  const split = splitFile(path, text);
  const pairs = pairParts(before, split);
  const parts: PlacedPart[] = [];
  let document = 0;
  for (const [index, part] of split.entries()) {
    const placed = placePart(part, document, pairs[index], (place) => readPart(path, place, readPolicies));
    document += placed.documents;
    parts.push(placed);
  }
  const manifests = parts.flatMap((part) => part.manifests);
  const markers = parts.flatMap((part) => part.markers);
  const problems = parts.flatMap((part) => part.problems);
  return { source: { path, text, manifests: withMarkers(path, manifests, markers), problems }, parts };
}

function placePart(
  part: Part,
  document: number,
  before: PlacedPart | undefined,
  read: (place: PartPlace) => PartReading,
): PlacedPart {
  const { line } = part;
  const isSame = before?.text === part.text;
  if (isSame && before.line === line && before.document === document) return before;
  const reading = isSame ? before.reading : read({ text: ownCopy(part.text), line, document });
  const good = reading.isBroken ? before?.good : reading;
  const shown = reading.isBroken && good !== undefined ? staleReading(good, reading.text) : reading;
  const [lines, documents] = [line - shown.line, document - shown.document];
  return {
    text: reading.text,
    line,
    document,
    reading,
    good,
    documents: shown.documents,
    manifests: shown.manifests.map((manifest) => moveManifest(manifest, lines, documents)),
    markers: shown.markers.map((marker) => moveMarker(marker, lines, documents)),
    problems: reading.problems.map((problem) => moveProblem(problem, line - reading.line)),
  };
}

/** The text in memory of its own: a slice keeps the whole text of the file alive, one for each part that is typed in. */
function ownCopy(text: string): string {
  return ` ${text}`.slice(1);
}

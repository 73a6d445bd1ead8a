import type { Path } from '../json.ts';

/** A part of a file: a manifest, or a place of images. */
interface Part {
  readonly document: number;
  readonly at: Path;
}

/** Finds the innermost of some parts of one file that a path lies in, without a look at each. */
export function partFinder<T extends Part>(parts: Iterable<T>): (document: number, path: Path) => T | undefined {
  const byPlace = new Map<string, T>();
  for (const part of parts) {
    const key = keyOf(part.document, part.at);
    if (!byPlace.has(key)) byPlace.set(key, part);
  }
  return (document, path) => {
    for (let length = path.length; length >= 0; length -= 1) {
      const part = byPlace.get(keyOf(document, path.slice(0, length)));
      if (part !== undefined) return part;
    }
    return undefined;
  };
}

function keyOf(document: number, path: Path): string {
  return JSON.stringify([document, ...path]);
}

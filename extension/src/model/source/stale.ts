import { type LineMap, mapManifest, mapMarker } from './places.ts';
import type { PartReading } from './read-part.ts';

/**
 * How a part last could be read, with its places moved to where these lines stand in the text that it has now. An object whose
 * name the text lacks is not the one that is being typed in.
 */
export function staleReading(good: PartReading, text: string): PartReading {
  const map = lineMap(good.text, text);
  const inFile: LineMap = (line) => {
    const found = map(line - good.line);
    return found === undefined ? undefined : found + good.line;
  };
  return {
    ...good,
    manifests: good.manifests
      .filter(({ manifest }) => text.includes(manifest.id.name))
      .map((manifest) => mapManifest(manifest, inFile, good.line)),
    markers: good.markers.flatMap((marker) => mapMarker(marker, inFile)),
  };
}

/** Lines before and after what differs stay what they are; those between keep their order as far as there is room. */
export function lineMap(before: string, after: string): LineMap {
  const [old, now] = [before.split('\n'), after.split('\n')];
  const most = Math.min(old.length, now.length);
  let head = 0;
  while (head < most && old[head] === now[head]) head++;
  let tail = 0;
  while (tail < most - head && old[old.length - 1 - tail] === now[now.length - 1 - tail]) tail++;
  return (line) => {
    if (line >= old.length - tail) return line + now.length - old.length;
    return line < now.length - tail ? line : undefined;
  };
}

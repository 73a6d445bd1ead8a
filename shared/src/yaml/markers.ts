import type { Path } from '../json.ts';
import { readNodes } from './documents.ts';
import { lineCounter } from './lines.ts';
import type { Node, ScalarNode } from './nodes.ts';
import type { Marker, ParsedFile } from './types.ts';

const SIGN = '$imagepolicy';
const COMMENT =
  /#[ \t]*\{[ \t]*"\$imagepolicy"[ \t]*:[ \t]*"([^":\s]+):([^":\s]+)(?::(tag|name|digest))?"[ \t]*\}[ \t]*\r?$/gm;

interface Place {
  readonly document: number;
  readonly path: Path;
  readonly node: ScalarNode;
}

/**
 * The Flux v2 setter comments of a file, `# {"$imagepolicy": "namespace:name"}` with `:tag`, `:name` or `:digest` after the name, that
 * stand on the line of a scalar: behind it, behind the header of a block scalar, or behind a flow collection that holds just
 * this scalar. A file without the word costs one text search.
 */
export function findMarkers(file: string, text: string, parsed: ParsedFile): Marker[] {
  if (!text.includes(SIGN) || parsed.documents.length === 0) return [];
  const reading = readNodes(file, text);
  if ('defect' in reading) return [];
  const places = reading.roots.flatMap((root, document) => [...scalarsOf(document, root, [])]);
  const lineOf = lineCounter(text);
  return [...text.matchAll(COMMENT)].flatMap((match): Marker[] => {
    const [, policyNamespace = '', policyName = '', part] = match;
    const place = placeBefore(text, places, match.index);
    if (place === undefined) return [];
    const { document, path } = place;
    return [{ document, path, line: lineOf(match.index), policyNamespace, policyName, part: partOf(part) }];
  });
}

function partOf(part: string | undefined): Marker['part'] {
  return part === 'tag' || part === 'name' || part === 'digest' ? part : 'image';
}

/** The scalars of a document in the order of the text. */
function* scalarsOf(document: number, node: Node, path: Path): Generator<Place> {
  if (node.kind === 'scalar') yield { document, path, node };
  if (node.kind === 'sequence') {
    for (const [index, item] of node.items.entries()) yield* scalarsOf(document, item, [...path, index]);
  }
  if (node.kind === 'mapping') {
    for (const { key, value, merge } of node.entries) if (!merge) yield* scalarsOf(document, value, [...path, key]);
  }
}

/** The scalar that a comment at an offset stands beside, or `undefined`. */
function placeBefore(text: string, places: readonly Place[], offset: number): Place | undefined {
  const place = places[countBefore(places, offset) - 1];
  if (place === undefined) return undefined;
  const { start, end, style } = place.node;
  if (style === 'literal' || style === 'folded')
    return /^[|>][-+0-9]*[ \t]+$/.test(text.slice(start, offset)) ? place : undefined;
  const between = offset > end ? text.slice(end, offset) : 'inside';
  if (/^[ \t]+$/.test(between)) return place;
  return /^[ \t]*[}\]][ \t]+$/.test(between) && isOnlyOne(text, start) ? place : undefined;
}

/** How many of the scalars, which are in order, begin before an offset. */
function countBefore(places: readonly Place[], offset: number): number {
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((places[middle]?.node.start ?? 0) < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Whether the flow collection around a scalar has nothing before it. */
function isOnlyOne(text: string, start: number): boolean {
  const line = text.slice(text.lastIndexOf('\n', start - 1) + 1, start);
  return !/[,[{]/.test(line.slice(line.search(/[[{]/) + 1));
}

import { type KeySpelling, readKey, tryParseImage } from '@weaveflux/shared';
import { repositoryTags } from '../agent/tags.ts';
import type { Cursor } from '../cursor.ts';
import type { Completion, CompletionFacts } from './completion.ts';
import { keyCompletions } from './keys.ts';
import { childrenOf, type KeyLine, keyLine, type Lines, parentsOf } from './lines.ts';
import { type Outline, outlineAt, tagOf } from './outline.ts';
import { type Scalar, scalarAt } from './scalar.ts';
import { tagCompletions } from './tags.ts';
import { policyCompletions, valueCompletions } from './values.ts';

/** Longer lines are no YAML that somebody writes. */
const LONGEST = 1000;

/**
 * What may be written at a cursor: annotations of ours, their values, and tags of images. Decided by the lines around, because what
 * is being typed is mostly no YAML yet.
 */
export function completionsAt(facts: CompletionFacts, cursor: Cursor): Completion[] {
  const { lines, source } = facts;
  const text = lines.at(cursor.line);
  if (text.length > LONGEST || source.tooLarge !== undefined) return [];
  const isJson = source.path.endsWith('.json');
  const found = keyLine(lines, cursor.line);
  const colon = found === undefined ? -1 : text.indexOf(':', found.column + found.key.length);
  const scalar = colon >= 0 && cursor.character > colon ? scalarAt(text, cursor, colon, isJson) : undefined;
  if (found === undefined || cursor.character <= colon) return keysAt(facts, cursor);
  return scalar === undefined ? [] : valuesAt(facts, cursor, found, scalar);
}

function valuesAt(facts: CompletionFacts, cursor: Cursor, { key, column }: KeyLine, scalar: Scalar): Completion[] {
  const outline = () => outlineAt(facts.source, facts.lines, cursor.line);
  if (key === 'image') {
    const typed = scalar.content.slice(0, cursor.character - scalar.range.startCharacter);
    const object = typed.includes(':') ? outline() : undefined;
    return object === undefined ? [] : tagCompletions(scalar, typed, object, facts);
  }
  const found = readKey(key);
  if (found === undefined || found === 'unknown' || !isAnnotation(facts.lines, cursor.line, column)) return [];
  if (found.key.type !== 'policy') return outline() === undefined ? [] : valueCompletions(found.key, scalar);
  const object = outline();
  return object === undefined ? [] : policiesFor(found, object, scalar, facts);
}

function policiesFor(
  { container }: KeySpelling,
  { containers }: Outline,
  scalar: Scalar,
  { state }: CompletionFacts,
): Completion[] {
  const own = containers.find(({ name }) => name === container);
  const repository = tryParseImage(own?.image ?? '')?.canonicalName;
  const known = state === undefined || repository === undefined ? [] : repositoryTags(state, repository);
  return policyCompletions(scalar, tagOf(own), known);
}

function keysAt({ lines, source }: CompletionFacts, { line, character }: Cursor): Completion[] {
  const text = lines.at(line);
  const [, indent = '', quote = '', typed = ''] = /^( *)(["']?)([\w./-]*)/.exec(text) ?? [];
  const start = indent.length + quote.length;
  const end = start + typed.length;
  // On an empty line it is the cursor that tells how deep the key will stand.
  const column = typed === '' && quote === '' ? Math.min(character, indent.length) : indent.length;
  const [tail, colon] = /^["']?[ \t]*(?:(:)|,?[ \t]*$)/.exec(text.slice(end)) ?? [];
  if (tail === undefined || character > end || character < column) return [];
  const [annotations, ...above] = parentsOf(lines, line, column);
  if (annotations === undefined || !isOfObject([annotations, ...above])) return [];
  const others = childrenOf(lines, annotations).filter((child) => child.line !== line);
  const outline = others.every((child) => child.column === column) ? outlineAt(source, lines, line) : undefined;
  if (outline === undefined) return [];
  const from = quote === '' ? column : start;
  const range = { startLine: line, startCharacter: from, endLine: line, endCharacter: Math.max(from, end) };
  const place = { range, existing: others.map(({ key }) => key), isKeyAlone: colon !== undefined || quote !== '' };
  return keyCompletions(place, outline);
}

function isAnnotation(lines: Lines, line: number, column: number): boolean {
  return isOfObject(parentsOf(lines, line, column));
}

/** Whether keys lead to the annotations of an object, not to those of its pods; it may stand in a List. */
function isOfObject([annotations, metadata, ...above]: readonly KeyLine[]): boolean {
  if (annotations?.key !== 'annotations' || metadata?.key !== 'metadata') return false;
  return above.length === 0 || (above.length === 1 && above[0]?.key === 'items');
}

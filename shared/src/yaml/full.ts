import {
  type Alias,
  type Document,
  isAlias,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  type Pair,
  type ParsedNode,
  parseAllDocuments,
  type Scalar,
  type YAMLError,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import type { AliasNode, Entry, MappingNode, Node, ScalarNode, ScalarStyle, SequenceNode } from './nodes.ts';
import { entryEnd, resolved } from './nodes.ts';
import { DefectError, duplicateReason, MAX_DEPTH, type Reading, TOO_DEEP } from './reading.ts';
import { isUnreadable, keyText, readPlain, type ScalarValue, type Unreadable } from './scalars.ts';

/** How many nodes the aliases of one document may stand for: far above real use, far below what exhausts memory. */
const MAX_ALIASED_NODES = 50_000;
const TAG = 'tag:yaml.org,2002:';

const STYLES: Readonly<Record<string, ScalarStyle>> = {
  PLAIN: 'plain',
  QUOTE_SINGLE: 'single',
  QUOTE_DOUBLE: 'double',
  BLOCK_LITERAL: 'literal',
  BLOCK_FOLDED: 'folded',
};

const REASONS: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'a tab is used as indentation; use spaces',
  BAD_INDENT: 'this line is not indented like its neighbours; align it',
  MULTILINE_IMPLICIT_KEY: 'a key does not end on its line; a ":" may be missing or a quote left open',
  BLOCK_AS_IMPLICIT_KEY:
    'a mapping or list begins where a value on one line is expected; put it on its own lines or quote it',
  MISSING_CHAR: 'a character is missing',
  IMPOSSIBLE: 'the structure cannot be understood',
};

/**
 * Reads any YAML with the `yaml` package, some twenty times slower than `readFast`. The package decides the
 * structure only; what a plain scalar means is decided by `readPlain`, for both readers.
 */
export function readFull(text: string): Reading {
  try {
    return { roots: parse(text).map((document) => rootOf(text, document)) };
  } catch (error) {
    if (error instanceof DefectError) return { defect: error.defect };
    if (error instanceof RangeError) return { defect: { offset: 0, reason: TOO_DEEP } };
    throw error;
  }
}

function parse(text: string): Document.Parsed[] {
  // The package takes a byte order mark for a column; a line ending in its place keeps all offsets.
  const documents = parseAllDocuments(text.replace(/^\uFEFF/, '\n'), {
    schema: 'failsafe',
    version: '1.2',
    // The package's own check is quadratic; `checkUnique` is not.
    uniqueKeys: false,
    keepSourceTokens: true,
    prettyErrors: false,
    logLevel: 'silent',
  });
  return [...documents];
}

function rootOf(text: string, document: Document.Parsed): Node {
  const [error] = document.errors;
  if (error) throw new DefectError(Math.min(error.pos[0], text.trimEnd().length), reasonOf(error));
  const reader = new Converter(text);
  return reader.node(document.contents, 0);
}

function reasonOf(error: YAMLError): string {
  if (/call stack/i.test(error.message)) return TOO_DEEP;
  const own = REASONS[error.code];
  const message = error.message.replace(/\.$/, '');
  if (own === undefined || message.startsWith('Flow ')) return lowerFirst(message);
  return error.code === 'MISSING_CHAR' || error.code === 'IMPOSSIBLE' ? `${own}: ${lowerFirst(message)}` : own;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

/** Turns the package's nodes of one document into ours. */
class Converter {
  readonly #text: string;
  /** The nodes of the anchors so far; `undefined` while their own text is being read. */
  readonly #anchors = new Map<string, Node | undefined>();
  readonly #sizes = new Map<Node, number>();
  #aliased = 0;

  constructor(text: string) {
    this.#text = text;
  }

  node(source: ParsedNode | Pair | null, depth: number): Node {
    if (depth > MAX_DEPTH) throw new DefectError(startOf(source), TOO_DEEP);
    const anchor = isScalar(source) || isCollection(source) ? source.anchor : undefined;
    if (anchor !== undefined) this.#anchors.set(anchor, undefined);
    const node = this.#convert(source, depth);
    if (anchor !== undefined) this.#anchors.set(anchor, node);
    return node;
  }

  #convert(source: ParsedNode | Pair | null, depth: number): Node {
    if (isAlias(source)) return this.#alias(source as Alias.Parsed);
    if (isMap(source)) return this.#mapping(source as YAMLMap.Parsed, depth);
    if (isSeq(source)) return this.#sequence(source as YAMLSeq.Parsed, depth);
    if (isScalar(source)) return scalarOf(this.#text, source as Scalar.Parsed);
    return { kind: 'scalar', start: 0, end: 0, style: 'plain', value: null };
  }

  #alias(source: Alias.Parsed): AliasNode {
    const [start, end] = source.range;
    const name = source.source;
    const node = this.#anchors.get(name);
    if (node === undefined) {
      const reason = this.#anchors.has(name) ? 'stands inside its own anchor' : 'has no anchor before it';
      throw new DefectError(start, `the alias *${name} ${reason}`);
    }
    this.#aliased += this.#sizeOf(node);
    if (this.#aliased > MAX_ALIASED_NODES) {
      throw new DefectError(start, `aliases stand for more than ${MAX_ALIASED_NODES} values`);
    }
    return { kind: 'alias', start, end, target: node };
  }

  /** The number of nodes below a node, those of aliases counted each time. */
  #sizeOf(node: Node): number {
    const known = this.#sizes.get(node);
    if (known !== undefined) return known;
    const size = 1 + childrenOf(node).reduce((sum, child) => sum + this.#sizeOf(child), 0);
    this.#sizes.set(node, size);
    return size;
  }

  #mapping(source: YAMLMap.Parsed, depth: number): MappingNode {
    const entries = source.items.map((pair) => this.#entry(pair, depth + 1));
    checkUnique(entries);
    const flow = source.flow === true;
    const [first] = entries;
    const start = flow || first === undefined ? source.range[0] : first.keyStart;
    const end = flow ? source.range[1] : Math.max(start, ...entries.slice(-1).map(entryEnd));
    return { kind: 'mapping', start, end, flow, entries };
  }

  #entry(pair: Pair<ParsedNode, ParsedNode | null>, depth: number): Entry {
    const key = pair.key;
    const [keyStart, keyEnd] = key.range;
    const colon = pair.srcToken?.sep?.find((token) => token.type === 'map-value-ind');
    const colonEnd = colon && 'offset' in colon ? colon.offset + 1 : -1;
    const target = resolved(this.node(key, depth));
    const value = this.#valueAt(pair.value, Math.max(keyEnd, colonEnd), depth);
    const place = { keyStart, keyEnd, colonEnd, value };
    if (target.kind !== 'scalar') throw new DefectError(keyStart, 'a mapping or list stands where a key is expected');
    if (isMergeKey(key, target)) {
      checkMerge(value);
      return { key: '<<', ...place, merge: true };
    }
    const text = keyText(target.value, isScalar(key) ? (key.source ?? '') : '');
    if (text === undefined) throw new DefectError(keyStart, 'this key has no clear spelling as a string; quote it');
    return { key: text, ...place };
  }

  #sequence(source: YAMLSeq.Parsed, depth: number): SequenceNode {
    const flow = source.flow === true;
    const dashes = flow ? [] : dashesOf(source);
    const items = source.items.map((item, index) =>
      this.#valueAt(item, (dashes[index] ?? item.range[0] - 1) + 1, depth + 1),
    );
    const start = source.range[0];
    const end = flow ? source.range[1] : (items.at(-1)?.end ?? start);
    return { kind: 'sequence', start, end, flow, items };
  }

  /** A value that is left out has its place right after the `:` or `-`. */
  #valueAt(source: ParsedNode | null, empty: number, depth: number): Node {
    if (source === null || isEmpty(source))
      return { kind: 'scalar', start: empty, end: empty, style: 'plain', value: null };
    return this.node(source, depth);
  }
}

function isEmpty(source: ParsedNode): boolean {
  return (
    isScalar(source) &&
    source.source === '' &&
    source.type === 'PLAIN' &&
    source.range[0] === source.range[1] &&
    !source.tag &&
    !source.anchor
  );
}

function dashesOf(source: YAMLSeq.Parsed): number[] {
  const token = source.srcToken;
  if (token?.type !== 'block-seq') return [];
  return token.items.flatMap(({ start }) =>
    start.filter((part) => part.type === 'seq-item-ind').map((part) => part.offset),
  );
}

/** Without the line ending; blank lines at the end belong to the scalar only with `+`. */
function blockScalarEnd(text: string, [start, end]: readonly [number, number, number]): number {
  const source = text.slice(start, end);
  const keep = /^[|>][-+0-9]*/.exec(source)?.[0].includes('+');
  return start + (keep ? source.replace(/\r?\n$/, '') : source.replace(/[ \t\r\n]+$/, '')).length;
}

function scalarOf(text: string, source: Scalar.Parsed): ScalarNode {
  const start = source.range[0];
  const style = STYLES[source.type ?? 'PLAIN'] ?? 'plain';
  const end = style === 'literal' || style === 'folded' ? blockScalarEnd(text, source.range) : source.range[1];
  const tag = source.tag;
  const value = tag === undefined ? untagged(source, style) : tagged(source, tag);
  if (isUnreadable(value)) throw new DefectError(start, value.reason);
  return { kind: 'scalar', start, end, style, value, ...(tag === undefined ? {} : { tag }) };
}

function untagged(source: Scalar.Parsed, style: ScalarStyle): ScalarValue | Unreadable {
  return style === 'plain' ? readPlain(source.source ?? '') : (source.source ?? '');
}

function tagged(source: Scalar.Parsed, tag: string): ScalarValue | Unreadable {
  const text = source.source ?? '';
  if (tag === `${TAG}binary`) return decodeBase64(text);
  if (!['int', 'float', 'bool', 'null'].some((name) => tag === TAG + name)) return text;
  const value = readPlain(text);
  if (isUnreadable(value) || tag === TAG + typeName(value)) return value;
  if (tag === `${TAG}float` && typeof value === 'number') return value;
  return { reason: `${JSON.stringify(text)} is not of the type that its tag !!${tag.slice(TAG.length)} says` };
}

function typeName(value: ScalarValue): string {
  if (value === null) return 'null';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float';
  return 'str';
}

function decodeBase64(text: string): string | Unreadable {
  try {
    const bytes = Uint8Array.from(atob(text.replace(/\s/g, '')), (char) => char.charCodeAt(0));
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return { reason: 'this !!binary value is not base64 of UTF-8 text, which is all that JSON can hold' };
  }
}

/** As in Go: only a plain `<<` merges, a quoted one is a key like any other. */
function isMergeKey(key: unknown, target: ScalarNode): boolean {
  return isScalar(key) && target.value === '<<' && target.style === 'plain' && target.tag !== `${TAG}str`;
}

function checkMerge(value: Node): void {
  const target = resolved(value);
  const sources = target.kind === 'sequence' ? target.items.map(resolved) : [target];
  if (sources.every((source) => source.kind === 'mapping')) return;
  throw new DefectError(value.start, 'the merge key << takes a mapping or a list of mappings');
}

function checkUnique(entries: readonly Entry[]): void {
  const seen = new Set<string>();
  for (const { key, keyStart, merge } of entries) {
    if (merge) continue;
    if (seen.has(key)) throw new DefectError(keyStart, duplicateReason(key));
    seen.add(key);
  }
}

function childrenOf(node: Node): readonly Node[] {
  if (node.kind === 'sequence') return node.items;
  if (node.kind === 'mapping') return node.entries.map((entry) => entry.value);
  return node.kind === 'alias' ? [node.target] : [];
}

function startOf(source: unknown): number {
  const range = (source as { range?: readonly number[] } | null)?.range;
  return range?.[0] ?? 0;
}

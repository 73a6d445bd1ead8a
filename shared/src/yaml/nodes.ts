import type { Json, JsonObject, Path } from '../json.ts';

/** How a scalar is written. An absent value (`key:`) is plain with start = end. */
export type ScalarStyle = 'plain' | 'single' | 'double' | 'literal' | 'folded';

/**
 * A scalar. Offsets are UTF-16, without anchor, tag and comment; of a block scalar
 * they begin at its `|` or `>` and end before the last line ending. An absent value stands right after its `:` or `-`.
 */
export interface ScalarNode {
  readonly kind: 'scalar';
  readonly start: number;
  readonly end: number;
  readonly style: ScalarStyle;
  readonly value: string | number | boolean | null;
  /** The tag as resolved (`tag:yaml.org,2002:str`), where one is written. */
  readonly tag?: string;
}

/** One entry of a mapping. */
export interface Entry {
  /** The key as JSON has it: `1` and `yes` are "1" and "true". */
  readonly key: string;
  readonly keyStart: number;
  readonly keyEnd: number;
  /** The offset after the entry's `:`; -1 where there is none. */
  readonly colonEnd: number;
  readonly value: Node;
  /** A merge key, `<<`: the value's entries belong to this mapping. */
  readonly merge?: true;
}

/** A mapping, in block or flow (`{}`) style; in block style it goes from its first key to the end of its last value. */
export interface MappingNode {
  readonly kind: 'mapping';
  readonly start: number;
  readonly end: number;
  readonly flow: boolean;
  readonly entries: readonly Entry[];
}

/** A sequence, in block or flow (`[]`) style; in block style it goes from its first dash to the end of its last value. */
export interface SequenceNode {
  readonly kind: 'sequence';
  readonly start: number;
  readonly end: number;
  readonly flow: boolean;
  readonly items: readonly Node[];
}

/** An alias, `*name`: a value that stands elsewhere. */
export interface AliasNode {
  readonly kind: 'alias';
  readonly start: number;
  readonly end: number;
  readonly target: Node;
}

/** A value with its place in the text. */
export type Node = ScalarNode | MappingNode | SequenceNode | AliasNode;

/** The JSON value of a node. Every alias gives a copy of its own. */
export function toJson(node: Node): Json {
  switch (node.kind) {
    case 'scalar':
      return node.value;
    case 'alias':
      return toJson(node.target);
    case 'sequence':
      return node.items.map(toJson);
    case 'mapping':
      return objectOf(node);
  }
}

/** What a path leads to: the node and, where it is the value of a mapping, its entry. */
export interface Found {
  readonly node: Node;
  readonly entry?: Entry;
  /** Whether the way there, or the node itself, is an alias or comes from a merge key. */
  readonly aliased: boolean;
}

/** Follows a path through mappings, sequences, aliases and merge keys. */
export function find(root: Node, path: Path): Found | undefined {
  let here: Found = { node: root, aliased: root.kind === 'alias' };
  for (const step of path) {
    const next = child(here.node, step);
    if (next === undefined) return undefined;
    here = { ...next, aliased: here.aliased || next.aliased || next.node.kind === 'alias' };
  }
  return here;
}

/** The offset where the text of an entry ends. */
export function entryEnd(entry: Entry): number {
  return Math.max(entry.keyEnd, entry.colonEnd, entry.value.end);
}

/** The node that an alias stands for, or the node itself. */
export function resolved(node: Node): Exclude<Node, AliasNode> {
  let here = node;
  while (here.kind === 'alias') here = here.target;
  return here;
}

function objectOf(mapping: MappingNode): JsonObject {
  const object: JsonObject = {};
  for (const { key, value, merge } of mapping.entries) {
    if (merge) mergeInto(object, value);
    else assign(object, key, toJson(value));
  }
  return object;
}

/** As kubectl reads them: a merge key overrides what stands before it, what stands after overrides it. */
function mergeInto(object: JsonObject, node: Node): void {
  for (const source of mergeSources(node)) {
    for (const [key, value] of Object.entries(objectOf(source))) assign(object, key, value as Json);
  }
}

/** The mappings behind a merge key, the weakest first. */
function mergeSources(node: Node): MappingNode[] {
  const target = resolved(node);
  if (target.kind === 'mapping') return [target];
  if (target.kind !== 'sequence') return [];
  return target.items
    .map(resolved)
    .filter((item) => item.kind === 'mapping')
    .reverse();
}

function assign(object: JsonObject, key: string, value: Json): void {
  if (key !== '__proto__') object[key] = value;
  else Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
}

function child(node: Node, step: string | number): Found | undefined {
  const here = resolved(node);
  if (here.kind === 'sequence') {
    const item = typeof step === 'number' ? here.items[step] : undefined;
    return item && { node: item, aliased: false };
  }
  if (here.kind !== 'mapping') return undefined;
  for (let index = here.entries.length - 1; index >= 0; index--) {
    const entry = here.entries[index];
    if (entry === undefined) continue;
    if (!entry.merge && entry.key === step) return { node: entry.value, entry, aliased: false };
    const merged = entry.merge ? mergedChild(entry.value, step) : undefined;
    if (merged) return merged;
  }
  return undefined;
}

function mergedChild(node: Node, step: string | number): Found | undefined {
  for (const source of mergeSources(node).reverse()) {
    const found = child(source, step);
    if (found) return { ...found, aliased: true };
  }
  return undefined;
}

/**
 * What a user applies is written once, as trees: plain values, and between them what depends on the options of an
 * installation. One tree is printed as YAML with its comments, as a template of the chart, or settled to a plain object.
 */
export type Tree = string | number | boolean | Text | When | Note | Block | Fields | readonly Item[];
/** An item of a list. */
export type Item = Tree | Off | Many;
export interface Fields {
  readonly [key: string]: Tree;
}

/** What the options fill in. */
export type Slot =
  | 'gitUrl'
  | 'gitBranch'
  | 'gitPath'
  | 'environment'
  | 'secretName'
  | 'secretKey'
  | 'image'
  | 'imagePullSecret'
  | 'namespace'
  | 'clusterName'
  | 'allowNamespaces'
  | 'allowed';

/** What the options decide. */
export type Test = 'gitPath' | 'imagePullSecret' | OverlayTest;
export type OverlayTest = 'namespaced' | 'noSecrets' | 'readonly' | 'ha' | 'persistent' | 'nodes' | 'clusterAdmin';

/** A string with slots in it. */
export interface Text {
  readonly node: 'text';
  readonly parts: readonly (string | { readonly slot: Slot })[];
}

/** One thing or another; without the other, nothing. */
export interface When {
  readonly node: 'when';
  readonly test: Test;
  readonly held: Item | undefined;
  readonly otherwise: Item | undefined;
}

/** A value with a comment above its key or item. */
export interface Note {
  readonly node: 'note';
  readonly comment: string;
  readonly value: Tree;
}

/** An item, or the value of a key, that is commented out, for a person to switch on. */
export interface Off {
  readonly node: 'off';
  readonly comment: string;
  readonly text: string;
}

/** Any number of strings. */
export interface Many {
  readonly node: 'many';
  readonly slot: 'args';
}

/** A whole value that only the chart lets people replace. */
export interface Block {
  readonly node: 'block';
  readonly value: 'resources' | 'nodeSelector' | 'tolerations' | 'serviceAccountAnnotations';
  /** Absent = the key is not there. */
  readonly standard: Fields | undefined;
}

/** A string in which `slot()`s stand. */
export function text(strings: TemplateStringsArray, ...slots: readonly Slot[]): Text {
  const parts = strings.flatMap((part, index) => {
    const slot = slots[index];
    return [...(part === '' ? [] : [part]), ...(slot === undefined ? [] : [{ slot }])];
  });
  return { node: 'text', parts };
}

/** A slot that is the whole string. */
export function slot(name: Slot): Text {
  return { node: 'text', parts: [{ slot: name }] };
}

export function when(test: Test, held: Item, otherwise?: Item): When {
  return { node: 'when', test, held, otherwise };
}

export function unless(test: Test, otherwise: Item): When {
  return { node: 'when', test, held: undefined, otherwise };
}

export function note(comment: string, value: Tree): Note {
  return { node: 'note', comment, value };
}

export function off(comment: string, line: string): Off {
  return { node: 'off', comment, text: line };
}

export function block(value: Block['value'], standard?: Fields): Block {
  return { node: 'block', value, standard };
}

/** The special ones, with a field that each has beside `node`: plain values of others may have a key of that name. */
const NODES: Readonly<Record<string, string>> = {
  text: 'parts',
  when: 'test',
  note: 'comment',
  off: 'comment',
  many: 'slot',
  block: 'standard',
};

/** Whether a tree is one of the special ones, and which. */
export function nodeOf(tree: Item): Exclude<Item, string | number | boolean | Fields | readonly Item[]> | undefined {
  if (typeof tree !== 'object' || tree === null || !('node' in tree)) return undefined;
  const field = NODES[String(tree.node)];
  return field !== undefined && field in tree ? (tree as Text | When | Note | Off | Many | Block) : undefined;
}

/** Whether a tree is a list. */
export function isItems(tree: Item): tree is readonly Item[] {
  return Array.isArray(tree);
}

import { BEYOND } from './cursor.ts';
import type { Entry, ScalarNode } from './nodes.ts';
import { keyText } from './scalars.ts';

/** Longer ones are refused by the full reader. */
const MAX_KEY = 1000;
const FEW = 12;

/** The key that a scalar stands for. */
export function keyOf(text: string, node: ScalarNode): string {
  if (typeof node.value === 'string') {
    if (node.end - node.start > MAX_KEY) throw BEYOND;
    return node.value;
  }
  const key = keyText(node.value, text.slice(node.start, node.end));
  if (key === undefined) throw BEYOND;
  return key;
}

/** Whether a key is among the entries before it; for the few keys that most mappings have. */
export function duplicateKey(entries: readonly Entry[], key: string): boolean {
  return entries.some((entry) => entry.key === key);
}

/** The keys of one mapping so far. */
export class KeySet {
  readonly #entries: readonly Entry[];
  #keys: Set<string> | undefined;

  constructor(entries: readonly Entry[]) {
    this.#entries = entries;
  }

  /** Whether a key that is about to be added is there already; each key is asked for once, in order. */
  has(key: string): boolean {
    if (this.#entries.length < FEW) return duplicateKey(this.#entries, key);
    this.#keys ??= new Set(this.#entries.map((entry) => entry.key));
    if (this.#keys.has(key)) return true;
    this.#keys.add(key);
    return false;
  }
}

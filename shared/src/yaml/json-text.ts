import type { Entry, Node, ScalarNode } from './nodes.ts';
import { DefectError, duplicateReason, MAX_DEPTH, type Reading, TOO_DEEP } from './reading.ts';
import { losesDigits } from './scalars.ts';

const BLANK = /[ \t\r\n]*/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?/y;
const WORD = /true|false|null/y;

/** Reads JSON (RFC 8259), several values in a row as kubectl does, strictly: no comments, no key twice, no digits lost. */
export function readJson(text: string): Reading {
  const reader = new JsonReader(text, text.startsWith('\uFEFF') ? 1 : 0);
  try {
    return { roots: reader.roots() };
  } catch (error) {
    if (error instanceof DefectError) return { defect: error.defect };
    throw error;
  }
}

class JsonReader {
  readonly #text: string;
  #at: number;

  constructor(text: string, start: number) {
    this.#text = text;
    this.#at = start;
  }

  roots(): Node[] {
    const roots: Node[] = [];
    for (this.#skipBlank(); this.#at < this.#text.length; this.#skipBlank()) roots.push(this.#value(0));
    return roots;
  }

  #value(depth: number): Node {
    if (depth > MAX_DEPTH) throw new DefectError(this.#at, TOO_DEEP);
    const first = this.#text.charAt(this.#at);
    if (first === '{') return this.#object(depth + 1);
    if (first === '[') return this.#array(depth + 1);
    if (first === '"') return this.#string();
    const start = this.#at;
    const source = this.#match(NUMBER) || this.#match(WORD);
    if (source === '') throw this.#unexpected('a value');
    if (losesDigits(source)) throw new DefectError(start, `${source} has more digits than JSON numbers keep`);
    return { kind: 'scalar', start, end: this.#at, style: 'plain', value: JSON.parse(source) };
  }

  #object(depth: number): Node {
    const start = this.#at++;
    const entries: Entry[] = [];
    const seen = new Set<string>();
    this.#list('}', () => entries.push(this.#entry(seen, depth)));
    return { kind: 'mapping', start, end: this.#at, flow: true, entries };
  }

  #array(depth: number): Node {
    const start = this.#at++;
    const items: Node[] = [];
    this.#list(']', () => items.push(this.#value(depth)));
    return { kind: 'sequence', start, end: this.#at, flow: true, items };
  }

  #entry(seen: Set<string>, depth: number): Entry {
    const { start: keyStart, end: keyEnd, value } = this.#string();
    const key = String(value);
    if (seen.has(key)) throw new DefectError(keyStart, duplicateReason(key));
    seen.add(key);
    this.#skipBlank();
    if (!this.#take(':')) throw this.#unexpected('":"');
    const colonEnd = this.#at;
    this.#skipBlank();
    return { key, keyStart, keyEnd, colonEnd, value: this.#value(depth) };
  }

  /** What stands between brackets, up to and including the closing one. */
  #list(close: string, readOne: () => void): void {
    this.#skipBlank();
    if (this.#take(close)) return;
    do {
      this.#skipBlank();
      readOne();
      this.#skipBlank();
    } while (this.#take(','));
    if (!this.#take(close)) throw this.#unexpected(`"," or "${close}"`);
  }

  #string(): ScalarNode {
    const start = this.#at;
    if (!this.#take('"')) throw this.#unexpected('a string in double quotes');
    while (this.#at < this.#text.length && this.#text.charAt(this.#at) !== '"') {
      this.#at += this.#text.charAt(this.#at) === '\\' ? 2 : 1;
    }
    if (!this.#take('"')) throw new DefectError(start, 'a string is not closed');
    const source = this.#text.slice(start, this.#at);
    try {
      return { kind: 'scalar', start, end: this.#at, style: 'double', value: JSON.parse(source) };
    } catch {
      throw new DefectError(
        start,
        'a string holds a line break, a control character or an escape that JSON does not know',
      );
    }
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const source = pattern.exec(this.#text)?.[0] ?? '';
    this.#at += source.length;
    return source;
  }

  #take(char: string): boolean {
    if (this.#text.charAt(this.#at) !== char) return false;
    this.#at++;
    return true;
  }

  #skipBlank(): void {
    this.#match(BLANK);
  }

  #unexpected(expected: string): DefectError {
    const char = String.fromCodePoint(this.#text.codePointAt(this.#at) ?? 32);
    const found = this.#at >= this.#text.length ? 'the file ends' : `${JSON.stringify(char)} stands`;
    return new DefectError(this.#at, `${found} where JSON expects ${expected}`);
  }
}

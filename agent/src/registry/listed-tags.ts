import type { TagFacts } from './tag-record.ts';

/** One object for all tags of which nothing is known: there may be a million. */
export const NOTHING: TagFacts = Object.freeze({});

/** No tag has it (distribution-spec). */
const BETWEEN = '\n';

/**
 * The tags that a registry lists, each once, in its order, with what is known of them. The names are one text, so that a tag of
 * which nothing is known takes as many bytes as its name has.
 */
export class ListedTags {
  /** Every name between two separators; empty where there is none. */
  private text = '';
  /** Of the tags that were read. */
  private readonly facts = new Map<string, TagFacts>();
  size = 0;

  has(tag: string): boolean {
    return this.facts.has(tag) || this.text.includes(BETWEEN + tag + BETWEEN);
  }

  /** `NOTHING` where only the name is known, `undefined` where the tag is not listed. */
  get(tag: string): TagFacts | undefined {
    return this.facts.get(tag) ?? (this.has(tag) ? NOTHING : undefined);
  }

  /** Lists a tag, last unless it is listed already, with what is known of it. */
  set(tag: string, facts: TagFacts): void {
    if (!this.has(tag)) {
      this.text += (this.size === 0 ? BETWEEN : '') + tag + BETWEEN;
      this.size += 1;
    }
    this.learn(tag, facts);
  }

  /** What was read of a tag, much faster than `get`. */
  factsOf(tag: string): TagFacts | undefined {
    return this.facts.get(tag);
  }

  /** Takes over what is known of a tag that is listed, much faster than `set`. */
  learn(tag: string, facts: TagFacts): void {
    this.facts.set(copyOf(tag), facts);
  }

  names(): string[] {
    return this.size === 0 ? [] : this.text.slice(1, -1).split(BETWEEN);
  }

  /** The tags that were read, in the order in which they were. */
  read(): ReadonlyMap<string, TagFacts> {
    return this.facts;
  }

  /** Whether it lists these, in this order. */
  isExactly(names: ReadonlySet<string>): boolean {
    return names.size === this.size && textOf(names) === this.text;
  }

  /** Lists these instead of those before. What is known of a tag stays while it is listed. */
  replaceNames(names: ReadonlySet<string>): void {
    this.text = textOf(names);
    this.size = names.size;
    for (const tag of this.facts.keys()) if (!names.has(tag)) this.facts.delete(tag);
  }

  /** The same tags, whatever is listed later; what is read of them later is known of these, too. */
  asOfNow(): Pick<ListedTags, 'map' | 'read'> {
    const { text, size, facts } = this;
    return Object.assign(new ListedTags(), { text, size, facts });
  }

  map<T>(make: (tag: string, facts: TagFacts) => T): T[] {
    return this.names().map((tag) => make(tag, this.facts.get(tag) ?? NOTHING));
  }

  [Symbol.iterator](): Iterator<[string, TagFacts]> {
    return this.map((tag, facts): [string, TagFacts] => [tag, facts]).values();
  }
}

function textOf(names: ReadonlySet<string>): string {
  return names.size === 0 ? '' : BETWEEN + [...names].join(BETWEEN) + BETWEEN;
}

/** The same characters in memory of their own: a name is a part of the text that it was cut from, which would stay as long as it does. */
function copyOf(tag: string): string {
  return Buffer.from(tag).toString();
}

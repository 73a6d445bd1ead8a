import { blockIndent, lineEndingAt, nextLineAt, prefixAt } from './layout.ts';
import type { Entry, MappingNode, Node } from './nodes.ts';
import { doubleQuoted, plainOrQuoted } from './quote.ts';
import type { Refusal } from './replace.ts';
import type { Splice } from './splice.ts';

/** What to insert: the keys that are missing, outermost first, and the string at their end. */
export interface Missing {
  readonly keys: readonly string[];
  readonly value: string;
}

/** How the document at hand is written. */
export interface Style {
  readonly json: boolean;
  /** Spaces a level. */
  readonly step: number;
}

/** Inserts missing keys as the last entry of a mapping. */
export function insertIntoMapping(
  text: string,
  mapping: MappingNode,
  missing: Missing,
  style: Style,
): Splice | Refusal {
  if (mapping.flow) return insertIntoFlow(text, mapping, missing, style);
  const indent = blockIndent(text, mapping);
  if (indent === undefined) return { refusal: 'the mapping is written in an unusual way' };
  return insertLines(text, mapping.end, blockLines(missing, indent, style.step));
}

/** Makes the mapping that a key without a value (`annotations:`) is to hold. */
export function insertBelowKey(
  text: string,
  parent: MappingNode,
  entry: Entry,
  missing: Missing,
  style: Style,
): Splice | Refusal {
  const indent = parent.flow ? undefined : blockIndent(text, parent);
  if (indent === undefined || entry.colonEnd < 0) return { refusal: 'the mapping is written in an unusual way' };
  if (entry.value.start !== entry.value.end) {
    return { start: entry.value.start, end: entry.value.end, text: flowMapping(missing, false) };
  }
  return insertLines(text, entry.colonEnd, blockLines(missing, indent + style.step, style.step));
}

/** Spaces a level as the document uses them: from its first block mapping inside a block mapping. */
export function stepOf(text: string, root: Node): number {
  const outer = root.kind === 'mapping' && !root.flow ? blockIndent(text, root) : undefined;
  if (outer === undefined || root.kind !== 'mapping') return 2;
  for (const { value } of root.entries) {
    const inner = value.kind === 'mapping' && !value.flow ? blockIndent(text, value) : undefined;
    if (inner !== undefined && inner > outer) return inner - outer;
  }
  return 2;
}

function insertLines(text: string, after: number, lines: readonly string[]): Splice {
  const at = nextLineAt(text, after);
  const ending = lineEndingAt(text, after);
  const joined = lines.join(ending);
  const complete = at > 0 && text[at - 1] === '\n';
  return { start: at, end: at, text: complete ? joined + ending : ending + joined };
}

function blockLines({ keys, value }: Missing, indent: number, step: number): string[] {
  return keys.map((key, depth) => {
    const end = depth === keys.length - 1 ? ` ${plainOrQuoted(value)}` : '';
    return `${' '.repeat(indent + depth * step)}${plainOrQuoted(key)}:${end}`;
  });
}

function insertIntoFlow(text: string, mapping: MappingNode, missing: Missing, style: Style): Splice | Refusal {
  const last = mapping.entries.at(-1);
  if (last === undefined) return fillFlow(text, mapping, missing, style);
  const quoted =
    style.json || (text[last.keyStart] === '"' && mapping.entries.every((entry) => text[entry.keyStart] === '"'));
  const at = last.value.end;
  const prefix = prefixAt(text, last.keyStart);
  const ownLine = /^[ \t]*$/.test(prefix);
  if (!ownLine) return { start: at, end: at, text: `, ${flowEntry(missing, quoted)}` };
  const ending = lineEndingAt(text, mapping.start);
  const entry = quoted ? jsonEntry(missing, prefix, unitOf(prefix, style), ending) : flowEntry(missing, false);
  return { start: at, end: at, text: `,${ending}${prefix}${entry}` };
}

/** `{}` is opened over lines where JSON is written so, else filled in place. */
function fillFlow(text: string, mapping: MappingNode, missing: Missing, style: Style): Splice {
  const { start, end } = mapping;
  const prefix = /^[ \t]*/.exec(prefixAt(text, start))?.[0] ?? '';
  if (!style.json || !text.slice(0, start).includes('\n'))
    return { start, end, text: flowMapping(missing, style.json) };
  const ending = lineEndingAt(text, start);
  return { start, end, text: jsonMapping(missing, prefix, unitOf(prefix, style), ending) };
}

function unitOf(prefix: string, style: Style): string {
  return prefix.includes('\t') ? '\t' : ' '.repeat(style.step);
}

function jsonMapping(missing: Missing, prefix: string, unit: string, ending: string): string {
  return `{${ending}${prefix}${unit}${jsonEntry(missing, prefix + unit, unit, ending)}${ending}${prefix}}`;
}

function jsonEntry({ keys, value }: Missing, prefix: string, unit: string, ending: string): string {
  const [key = '', ...rest] = keys;
  const inner = rest.length === 0 ? doubleQuoted(value) : jsonMapping({ keys: rest, value }, prefix, unit, ending);
  return `${doubleQuoted(key)}: ${inner}`;
}

function flowMapping(missing: Missing, quoted: boolean): string {
  return `{${flowEntry(missing, quoted)}}`;
}

function flowEntry({ keys, value }: Missing, quoted: boolean): string {
  const write = quoted ? doubleQuoted : plainOrQuoted;
  const [key = '', ...rest] = keys;
  const inner = rest.length === 0 ? write(value) : flowMapping({ keys: rest, value }, quoted);
  return `${write(key)}: ${inner}`;
}

import { lineStartAt, nextLineAt, prefixAt } from './layout.ts';
import { type Entry, entryEnd, type MappingNode } from './nodes.ts';
import type { Refusal } from './replace.ts';
import type { Splice } from './splice.ts';

/** Removes an entry of a mapping that has others: in block style with its lines, in flow style with its comma. */
export function removeEntry(text: string, mapping: MappingNode, entry: Entry): Splice | Refusal {
  const index = mapping.entries.indexOf(entry);
  const next = mapping.entries[index + 1];
  if (mapping.flow) return removeFromFlow(mapping, index);
  const prefix = prefixAt(text, entry.keyStart);
  const end = nextLineAt(text, entryEnd(entry));
  if (/^ *$/.test(prefix)) return removeLines(text, lineStartAt(text, entry.keyStart), end);
  const gap = next ? text.slice(end, next.keyStart) : undefined;
  if (!/^ *(?:- +)+$/.test(prefix) || next === undefined || !/^\s*$/.test(gap ?? 'x')) {
    return { refusal: 'the entry shares its line with others' };
  }
  return { start: entry.keyStart, end: next.keyStart, text: '' };
}

/** At the end of a file without a final newline the line ending before goes instead. */
function removeLines(text: string, start: number, end: number): Splice {
  const unfinished = end === text.length && !text.endsWith('\n');
  if (!unfinished) return { start, end, text: '' };
  const before = text.slice(0, start).replace(/\r?\n$/, '').length;
  return { start: before, end, text: '' };
}

function removeFromFlow(mapping: MappingNode, index: number): Splice | Refusal {
  const entry = mapping.entries[index];
  const next = mapping.entries[index + 1];
  const before = mapping.entries[index - 1];
  if (entry === undefined) return { refusal: 'the entry is not there' };
  if (next) return { start: entry.keyStart, end: next.keyStart, text: '' };
  if (before) return { start: entryEnd(before), end: entryEnd(entry), text: '' };
  return { start: mapping.start, end: mapping.end, text: '{}' };
}

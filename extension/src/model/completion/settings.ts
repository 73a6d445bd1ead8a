import { isObject, type JsonObject, objectAt, settingsSchema, stringAt } from '@weaveflux/shared';
import * as z from 'zod';
import type { Cursor } from '../cursor.ts';
import { escaped } from '../markdown.ts';
import type { Completion } from './completion.ts';
import { childrenOf, keyLine, type Lines, parentsOf } from './lines.ts';

/** The keys that may be written at a cursor in `.weaveflux.yaml`. */
export function settingsCompletions(lines: Lines, { line, character }: Cursor): Completion[] {
  const text = lines.at(line);
  const [, indent = '', typed = ''] = /^( *)([\w-]*)$/.exec(text.trimEnd()) ?? [];
  const column = typed === '' ? Math.min(character, text.length) : indent.length;
  if (text.trim() !== typed || character < column || character > column + typed.length) return [];
  const parents = parentsOf(lines, line, column);
  const [parent] = parents;
  const path = parents.toReversed().flatMap(({ key }) => ['properties', key]);
  const schema = z.toJSONSchema(settingsSchema, { io: 'input' }) as JsonObject;
  const siblings = parent === undefined ? topKeys(lines) : childrenOf(lines, parent);
  if (siblings.some((sibling) => sibling.line !== line && sibling.column !== column)) return [];
  const taken = new Set(siblings.filter((sibling) => sibling.line !== line).map(({ key }) => key));
  const range = { startLine: line, startCharacter: column, endLine: line, endCharacter: column + typed.length };
  return Object.entries(objectAt(schema, [...path, 'properties']))
    .filter(([key]) => !taken.has(key))
    .map(([key, value]) => {
      const isMapping = isObject(value) && value.type === 'object';
      return {
        kind: 'key',
        label: key,
        detail: stringAt(value, ['type']) ?? '',
        documentation: escaped(stringAt(value, ['description']) ?? ''),
        text: isMapping ? `${key}:` : `${key}: `,
        isSnippet: false,
        range,
        filter: key,
        isPreselected: false,
        goesOn: false,
      };
    });
}

function topKeys(lines: Lines) {
  const all = Array.from({ length: lines.count }, (_, line) => keyLine(lines, line));
  return all.filter((found) => found !== undefined).filter(({ column }) => column === 0);
}

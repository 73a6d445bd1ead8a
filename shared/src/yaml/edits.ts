import { type About, WeavefluxError } from '../errors.ts';
import { isObject, type Json, type JsonObject, type Path, toPointer } from '../json.ts';
import { isJson, readNodes } from './documents.ts';
import { insertBelowKey, insertIntoMapping, type Style, stepOf } from './insert.ts';
import { lineAt } from './lines.ts';
import { type Found, find, type MappingNode, type Node, resolved, toJson } from './nodes.ts';
import { removeEntry } from './remove.ts';
import { type Refusal, replaceScalar } from './replace.ts';
import { type Splice, spliceAll } from './splice.ts';
import type { Edit } from './types.ts';

/**
 * Makes edits in the text of a file. Only the bytes of the values change; comments, anchors, quotes, indentation, line
 * endings, byte order mark and the end of the file stay. The result is read again: it differs from before at the
 * edits' paths only, and reads there as what was asked for.
 * @throws {WeavefluxError} EDIT_CONFLICT with file and line, where the file cannot be read, a value is shared by an alias, is a
 * template or no string, or the text would not read back as meant. Then nothing is changed.
 */
export function applyEdits(file: string, text: string, edits: readonly Edit[]): string {
  if (edits.length === 0) return text;
  const roots = rootsOf(file, text);
  checkDistinct(file, edits);
  const wanted = expected(roots.map(toJson), edits);
  const edited = editAll(file, text, roots, edits);
  verify(file, text, edited, wanted, edits);
  return edited;
}

function rootsOf(file: string, text: string): readonly Node[] {
  const reading = readNodes(file, text);
  if (!('defect' in reading)) return reading.roots;
  throw conflict(file, lineAt(text, reading.defect.offset), reading.defect.reason);
}

/** Replacements are made in one go; what changes the structure is made edit by edit, on the text as it then is. */
function editAll(file: string, text: string, roots: readonly Node[], edits: readonly Edit[]): string {
  const later: Edit[] = [];
  const splices: Splice[] = [];
  for (const edit of edits) {
    const root = rootFor(file, roots, edit);
    if (edit.value === undefined || find(root, edit.path)?.node.kind !== 'scalar') later.push(edit);
    else splices.push(...spliceFor(file, text, root, edit));
  }
  let edited = spliceAll(text, splices);
  for (const edit of later) {
    const root = rootFor(file, edited === text ? roots : rootsOf(file, edited), edit);
    edited = spliceAll(edited, spliceFor(file, edited, root, edit));
  }
  return edited;
}

function rootFor(file: string, roots: readonly Node[], edit: Edit): Node {
  const root = roots[edit.document];
  if (root === undefined) throw conflict(file, 1, `it has no document ${edit.document}`);
  return root;
}

function spliceFor(file: string, text: string, root: Node, edit: Edit): Splice[] {
  const style: Style = { json: isJson(file), step: stepOf(text, root) };
  const splice =
    edit.value === undefined ? removal(text, root, edit.path) : setting(text, root, edit.path, edit.value, style);
  if (splice === undefined) return [];
  if (!('refusal' in splice)) return [splice];
  throw conflict(
    file,
    lineAt(text, nearest(root, edit.path).found.node.start),
    `${toPointer(edit.path)}: ${splice.refusal}`,
  );
}

const SHARED = 'the value is shared by an alias or merge key, edit it where its anchor stands';

function setting(text: string, root: Node, path: Path, value: string, style: Style): Splice | Refusal | undefined {
  const { found, depth, parent } = nearest(root, path);
  const { node, entry } = found;
  const keys = path.slice(depth);
  if (found.aliased) return { refusal: SHARED };
  if (depth === path.length) {
    if (node.kind !== 'scalar') return { refusal: 'the value is a mapping or a list, not a string' };
    return node.value === value ? undefined : replaceScalar(text, node, value, style.json);
  }
  if (!keys.every((key) => typeof key === 'string')) return { refusal: 'the list has no such item' };
  if (node.kind === 'mapping') return insertIntoMapping(text, node, { keys, value }, style);
  if (node.kind === 'scalar' && node.value === null && entry && parent) {
    return insertBelowKey(text, parent, entry, { keys, value }, style);
  }
  return { refusal: 'a value stands where a mapping is expected' };
}

/** Removes the key and each mapping around it that would be left empty. */
function removal(text: string, root: Node, path: Path): Splice | Refusal | undefined {
  const found = find(root, path);
  if (found === undefined) return undefined;
  if (found.aliased && found.node.kind !== 'alias') return { refusal: SHARED };
  for (let depth = path.length; depth > 0; depth--) {
    const holder = find(root, path.slice(0, depth - 1));
    const entry = find(root, path.slice(0, depth))?.entry;
    if (holder?.aliased) return { refusal: SHARED };
    if (holder?.node.kind !== 'mapping') break;
    if (entry && holder.node.entries.length > 1) return removeEntry(text, holder.node, entry);
  }
  return { refusal: 'nothing would be left of the document or list item' };
}

/** The deepest part of a path that exists, and the mapping around it. */
function nearest(root: Node, path: Path): { found: Found; depth: number; parent: MappingNode | undefined } {
  let depth = path.length;
  let found = find(root, path);
  while (found === undefined) found = find(root, path.slice(0, --depth));
  const around = depth > 0 ? find(root, path.slice(0, depth - 1))?.node : undefined;
  const holder = around && resolved(around);
  return { found, depth, parent: holder?.kind === 'mapping' ? holder : undefined };
}

function checkDistinct(file: string, edits: readonly Edit[]): void {
  const seen = new Set<string>();
  for (const { document, path } of edits) {
    const key = `${document}${toPointer(path)}`;
    if (path.length === 0 || seen.has(key))
      throw conflict(file, 1, `two edits aim at ${toPointer(path) || 'a whole document'}`);
    seen.add(key);
  }
}

/** The values of all documents after the edits. */
function expected(values: readonly Json[], edits: readonly Edit[]): Json[] {
  const wanted = [...values];
  for (const { document, path, value } of edits) {
    const before = wanted[document];
    if (before === undefined) continue;
    wanted[document] = (value === undefined ? without(before, path) : withValue(before, path, value)) ?? {};
  }
  return wanted;
}

function withValue(json: Json, [step, ...rest]: Path, value: string): Json {
  if (step === undefined) return value;
  if (typeof step === 'number') {
    return Array.isArray(json)
      ? json.map((item, index) => (index === step ? withValue(item, rest, value) : item))
      : json;
  }
  const object = isObject(json) ? json : {};
  const before = Object.hasOwn(object, step) ? (object[step] ?? null) : null;
  return Object.fromEntries([...Object.entries(object), [step, withValue(before, rest, value)]]) as JsonObject;
}

/** The value without what a path leads to; `undefined` where that leaves an empty mapping. */
function without(json: Json, [step, ...rest]: Path): Json | undefined {
  if (Array.isArray(json) && typeof step === 'number') {
    return json.map((item, index) => (index === step ? (without(item, rest) ?? {}) : item));
  }
  if (!isObject(json) || step === undefined || !Object.hasOwn(json, step)) return json;
  const inner = rest.length === 0 ? undefined : without(json[step] ?? null, rest);
  const others = Object.entries(json).filter(([key]) => key !== String(step));
  if (inner !== undefined) return Object.fromEntries([...others, [step, inner]]) as JsonObject;
  return others.length === 0 ? undefined : (Object.fromEntries(others) as JsonObject);
}

function verify(file: string, text: string, edited: string, wanted: readonly Json[], edits: readonly Edit[]): void {
  const reading = readNodes(file, edited);
  const values = 'defect' in reading ? undefined : reading.roots.map(toJson);
  if (values && values.length === wanted.length && values.every((value, index) => same(value, wanted[index]))) return;
  const [edit] = edits;
  const root = edit && rootsOf(file, text)[edit.document];
  const line = edit && root ? lineAt(text, nearest(root, edit.path).found.node.start) : 1;
  throw conflict(file, line, 'the text would not read back as meant, as where a value is shared by an anchor');
}

/** Equality of JSON; the order of keys does not matter. */
function same(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (Array.isArray(a))
    return Array.isArray(b) && a.length === b.length && a.every((item, index) => same(item, b[index]));
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && same(a[key], b[key]));
}

function conflict(file: string, line: number, reason: string): WeavefluxError {
  const about: About = { file, line };
  return new WeavefluxError('EDIT_CONFLICT', `${file} line ${line} cannot be edited: ${reason}; nothing was changed.`, {
    about,
  });
}

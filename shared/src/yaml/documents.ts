import { WeavefluxError } from '../errors.ts';
import type { Json, Path } from '../json.ts';
import { failure, type Problem, warning } from '../problems.ts';
import { readFast } from './fast.ts';
import { readFull } from './full.ts';
import { readJson } from './json-text.ts';
import { lineAt, lineCounter, lineStartsOf, lineTextAt, positionOf } from './lines.ts';
import { find, type Node, toJson } from './nodes.ts';
import type { Defect, Reading } from './reading.ts';
import type { ParsedFile, Position, SourceDocument } from './types.ts';

/** How a file is read. */
export interface ReadingOptions {
  /** Positions will be asked for: what they are found by is kept instead of read again. */
  readonly positions?: boolean;
}

/**
 * Reads a file of YAML or JSON documents as kubectl reads it. A file with an error has no documents and one problem, with
 * the line of the first error; empty documents are left out.
 */
export function parseFile(file: string, text: string, options: ReadingOptions = {}): ParsedFile {
  return parsedFrom(file, text, readNodes(file, text), options);
}

/**
 * `parseFile` of a text that can be read in one pass; `undefined` = what is beyond that or wrong in it takes some twenty times
 * longer to tell. For long texts that are read again while they are typed in.
 */
export function parseQuickly(file: string, text: string, options: ReadingOptions = {}): ParsedFile | undefined {
  const reading = isJson(file) ? readNodes(file, text) : readQuickly(text);
  return reading && parsedFrom(file, text, reading, options);
}

function parsedFrom(file: string, text: string, reading: Reading, { positions = false }: ReadingOptions): ParsedFile {
  if ('defect' in reading) return { documents: [], problems: [problemOf(file, text, reading.defect)] };
  const nodes = new LazyNodes(file, text, positions ? reading.roots : undefined);
  const lines = lineCounter(text);
  const documents = reading.roots.map((root, index) => new TextDocument(nodes, index, lines(root.start), toJson(root)));
  return { documents, problems: [] };
}

/**
 * Reads one YAML or JSON value, as of a configuration file; an empty text is null.
 * @throws {WeavefluxError} INVALID_YAML, naming the line, where the text is not readable or holds several documents.
 */
export function parseYamlValue(text: string, file = 'the file'): Json {
  const { documents, problems } = parseFile(file, text);
  const [problem] = problems;
  if (problem) throw new WeavefluxError(problem.code, problem.message, { about: { file, line: problem.line } });
  const [first, second] = documents;
  if (second === undefined) return first?.value ?? null;
  const message = `${file} holds several documents where one is expected, the second at line ${second.line}; remove it`;
  throw new WeavefluxError('INVALID_YAML', message, { about: { file, line: second.line } });
}

/** The nodes of a file's documents that are not empty, or its first defect. */
export function readNodes(file: string, text: string): Reading {
  const reading = isJson(file) ? readJson(text) : readYaml(text);
  if ('defect' in reading) return reading;
  return { roots: reading.roots.filter(isFull) };
}

/** Whether a file is read as JSON: by its name. */
export function isJson(file: string): boolean {
  return file.endsWith('.json');
}

function readYaml(text: string): Reading {
  return readQuickly(text) ?? readFull(text);
}

/** The nodes, of documents that are not empty, of YAML of the common subset or of JSON. */
function readQuickly(text: string): Reading | undefined {
  const fast = readFast(text);
  if (fast) return { roots: fast };
  if (!/^\uFEFF?\s*[{[]/.test(text)) return undefined;
  const json = readJson(text);
  return 'defect' in json ? undefined : { roots: json.roots.filter(isFull) };
}

function isFull(root: Node): boolean {
  return root.kind !== 'scalar' || root.value !== null;
}

/**
 * The nodes of a file, read again when the first position is asked for: most files never are, and nodes take several
 * times the memory of the text.
 */
class LazyNodes {
  readonly file: string;
  readonly text: string;
  #roots: readonly Node[] | undefined;
  #lineStarts: readonly number[] | undefined;

  constructor(file: string, text: string, roots: readonly Node[] | undefined) {
    this.file = file;
    this.text = text;
    this.#roots = roots;
  }

  root(index: number): Node | undefined {
    if (this.#roots === undefined) {
      const reading = readNodes(this.file, this.text);
      this.#roots = 'defect' in reading ? [] : reading.roots;
    }
    return this.#roots[index];
  }

  position(start: number, end: number): Position {
    this.#lineStarts ??= lineStartsOf(this.text);
    return positionOf(this.text, this.#lineStarts, start, end);
  }
}

class TextDocument implements SourceDocument {
  readonly file: string;
  readonly index: number;
  readonly line: number;
  readonly value: Json;
  readonly #nodes: LazyNodes;

  constructor(nodes: LazyNodes, index: number, line: number, value: Json) {
    this.file = nodes.file;
    this.index = index;
    this.line = line;
    this.value = value;
    this.#nodes = nodes;
  }

  position(path: Path, part: 'value' | 'key' = 'value'): Position | undefined {
    const root = this.#nodes.root(this.index);
    const found = root && find(root, path);
    if (found === undefined) return undefined;
    if (part === 'value') return this.#nodes.position(found.node.start, found.node.end);
    return found.entry && this.#nodes.position(found.entry.keyStart, found.entry.keyEnd);
  }
}

function problemOf(file: string, text: string, { offset, reason }: Defect): Problem {
  const line = lineAt(text, offset);
  const about = { file, line };
  // Such as tsconfig.json, whose comments are no JSON: no reason to call a revision failed.
  if (isJson(file) && !text.includes('apiVersion')) {
    return warning(
      'INVALID_YAML',
      `${file} line ${line} cannot be read: ${reason}; as it names no apiVersion, it is taken for no manifest.`,
      about,
    );
  }
  if (!/\{\{.*\}\}/.test(lineTextAt(text, offset))) {
    return failure('INVALID_YAML', `${file} line ${line} cannot be read: ${reason}.`, about);
  }
  const message = `${file} line ${line} holds a template expression ({{ … }}), which is not YAML; render it first or ignore the path in .weaveflux.yaml.`;
  return failure('INVALID_YAML', message, about);
}

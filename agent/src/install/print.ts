import { fitsBlock, quoted, scalar } from './scalar.ts';
import { type Block, type Fields, type Item, isItems, nodeOf, type Test, type Text } from './tree.ts';

/** How the special parts of a tree are written. */
export interface Style {
  /** Which side of a choice is written; `undefined` = both, between the lines that `condition` gives. */
  settle(test: Test): boolean | undefined;
  condition(test: Test): string;
  text(text: Text): string;
  many(): readonly string[];
  /** The lines with `KEY` for the key; `undefined` = its standard is written. */
  block(block: Block): readonly string[] | undefined;
}

const WIDTH = 116;
const BLOCK_END = '{{- end }}';

/** A tree as YAML lines, with its comments. */
export function printTree(tree: Fields, style: Style): string[] {
  return Object.entries(tree).flatMap(([key, value]) => printEntry(key, value, style));
}

function printEntry(key: string, value: Item | undefined, style: Style): string[] {
  if (value === undefined) return [];
  const node = nodeOf(value);
  switch (node?.node) {
    case 'note':
      return [...comment(node.comment), ...printEntry(key, node.value, style)];
    case 'off':
      return [...comment(node.comment), `# ${scalar(key)}: ${node.text}`];
    case 'when':
      return choice(node.test, style, (side) => printEntry(key, side ? node.held : node.otherwise, style));
    case 'block':
      return (
        style.block(node)?.map((line) => line.replace('KEY', scalar(key))) ?? printEntry(key, node.standard, style)
      );
    default:
      return printPair(`${scalar(key)}:`, value, style);
  }
}

function printPair(start: string, value: Item, style: Style): string[] {
  if (typeof value === 'string' && fitsBlock(value)) return [`${start} |-`, ...indent(value.split('\n'))];
  const line = oneLine(value, style, WIDTH - start.length);
  return line === undefined ? [start, ...indent(printBody(value, style))] : [`${start} ${line}`];
}

function printBody(value: Item, style: Style): string[] {
  return isItems(value) ? value.flatMap((item) => printItem(item, style)) : printTree(value as Fields, style);
}

function printItem(item: Item | undefined, style: Style): string[] {
  if (item === undefined) return [];
  if (isItems(item)) {
    const [first = '[]', ...rest] = item.flatMap((each) => printItem(each, style));
    return [`- ${first}`, ...indent(rest)];
  }
  const node = nodeOf(item);
  switch (node?.node) {
    case 'note':
      return [...comment(node.comment), ...printItem(node.value, style)];
    case 'off':
      return [...comment(node.comment), `# - ${node.text}`];
    case 'when':
      return choice(node.test, style, (side) => printItem(side ? node.held : node.otherwise, style));
    case 'many':
      return [...style.many()];
    default: {
      const line = oneLine(item, style, 0);
      if (line !== undefined) return [`- ${line}`];
      const [first = '', ...rest] = printTree(item as Fields, style);
      return [`- ${first}`, ...indent(rest)];
    }
  }
}

/** The value on one line: scalars, and lists of them within `width`. */
function oneLine(value: Item, style: Style, width: number): string | undefined {
  if (typeof value !== 'object' || value === null) return scalar(value);
  const node = nodeOf(value);
  if (node?.node === 'text') return style.text(node);
  if (!isItems(value)) return Object.keys(value).length === 0 ? '{}' : undefined;
  const items = value.map((item) => flowItem(item, style));
  if (!items.every((item) => item !== undefined)) return undefined;
  const line = `[${items.join(', ')}]`;
  return line.length <= width ? line : undefined;
}

/** As it stands in brackets; `undefined` where it needs lines of its own. */
function flowItem(item: Item, style: Style): string | undefined {
  if (typeof item === 'string') {
    const bare = scalar(item);
    return /^[^"].*[,[\]{}]/.test(bare) ? quoted(item) : bare;
  }
  if (typeof item !== 'object' || item === null) return scalar(item);
  const node = nodeOf(item);
  return node?.node === 'text' ? style.text(node) : undefined;
}

function choice(test: Test, style: Style, side: (then: boolean) => string[]): string[] {
  const settled = style.settle(test);
  if (settled !== undefined) return side(settled);
  const [then, otherwise] = [side(true), side(false)];
  if (then.length === 0) return [`{{- if not ${style.condition(test)} }}`, ...otherwise, BLOCK_END];
  const rest = otherwise.length === 0 ? [] : ['{{- else }}', ...otherwise];
  return [`{{- if ${style.condition(test)} }}`, ...then, ...rest, BLOCK_END];
}

function comment(text: string): string[] {
  return text === '' ? [] : text.split('\n').map((line) => `# ${line}`);
}

function indent(lines: readonly string[]): string[] {
  return lines.map((line) => (line === '' ? line : `  ${line}`));
}

import { Document, isMap, isScalar, isSeq, type Node, Scalar } from 'yaml';
import type { Json, Path } from '../json.ts';
import { isSafePlain } from './quote.ts';

/** How a value is printed. */
export interface PrintOptions {
  /** What to say about the value at a path, on one line: behind a scalar, above what a mapping or list holds. */
  readonly comment?: (path: Path) => string | undefined;
}

/** Several lines of what is visible, not ended by blank ones: a literal block shows them as they are. */
const LINES = /^(?=.*\n)[\t\n \p{L}\p{M}\p{N}\p{P}\p{S}]*[\p{L}\p{N}\p{P}\p{S}]\n?$/su;

/**
 * A JSON value as one YAML document in block style, keys in the order in which the value has them, ended by a line break.
 * Equal values give equal texts; read again, also as YAML 1.1 and by kubectl, the text gives the value.
 */
export function printYaml(value: Json, options: PrintOptions = {}): string {
  const document = new Document(value, { aliasDuplicateObjects: false });
  if (document.contents !== null) prepare(document.contents, [], options);
  return document.toString({ lineWidth: 0, doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER });
}

function prepare(node: Node, path: Path, options: PrintOptions): void {
  const comment = options.comment?.(path)?.replace(/\s+/g, ' ');
  if (isScalar(node)) {
    style(node);
    if (comment !== undefined) node.comment = ` ${comment}`;
    return;
  }
  if (comment !== undefined) node.commentBefore = ` ${comment}`;
  if (isSeq<Node>(node)) node.items.forEach((item, index) => void prepare(item, [...path, index], options));
  if (!isMap<Scalar<string>, Node | null>(node)) return;
  for (const { key, value } of node.items) {
    style(key);
    if (value !== null) prepare(value, [...path, key.value], options);
  }
}

/** The package would leave texts bare that older readers take for something else, such as `yes` and `0644`. */
function style(scalar: Scalar): void {
  const { value } = scalar;
  if (typeof value !== 'string') return;
  if (isSafePlain(value)) scalar.type = Scalar.PLAIN;
  else scalar.type = LINES.test(value) ? Scalar.BLOCK_LITERAL : Scalar.QUOTE_DOUBLE;
}

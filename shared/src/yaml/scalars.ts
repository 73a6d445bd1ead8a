/** What a scalar can be once it is read. */
export type ScalarValue = string | number | boolean | null;

/** A plain scalar that JSON cannot hold; `reason` completes "the value … ". */
export interface Unreadable {
  readonly reason: string;
}

const WORDS: ReadonlyMap<string, ScalarValue> = new Map<string, ScalarValue>([
  ...['', '~', 'null', 'Null', 'NULL'].map((word) => [word, null] as const),
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'].map((word) => [word, true] as const),
  ...['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map((word) => [word, false] as const),
]);

const INFINITE = /^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
/** Go takes single underscores between digits here. */
const DOTTED = /^\.[0-9]+(?:_[0-9]+)*(?:[eE][-+]?[0-9]+(?:_[0-9]+)*)?$/;
const INTEGER = /^([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]*))$/;
const SMALL_INTEGER = /^(?:0|[1-9][0-9]{0,14})$/;

/**
 * Reads a plain scalar exactly as kubectl does (sigs.k8s.io/yaml, which is go-yaml v2 and so mostly YAML 1.1): `yes` and
 * `on` are booleans, `0644` is 420, `1_000` is 1000; `12:30` and `2024-01-01` are strings. Integers whose digits a
 * JSON number would lose, infinities and NaN are unreadable.
 */
export function readPlain(text: string): ScalarValue | Unreadable {
  if (!mayBeSpecial(text)) return text;
  if (text.length <= 5) {
    const word = WORDS.get(text);
    if (word !== undefined) return word;
  }
  const first = text.charCodeAt(0);
  if (first === 46) return readDotted(text);
  if (first === 43 || first === 45 || (first >= 48 && first <= 57)) return readNumber(text);
  return text;
}

/** Whether a read scalar is one that JSON cannot hold. */
export function isUnreadable(value: ScalarValue | Unreadable): value is Unreadable {
  return typeof value === 'object' && value !== null;
}

/** Whether a JSON number is an integer whose digits a double does not keep, or beyond all doubles. */
export function losesDigits(source: string): boolean {
  if (source.length <= 15) return !Number.isFinite(Number(source)) && /[0-9]/.test(source);
  return /^-?[0-9]+$/.test(source) ? String(Number(source)) !== source : !Number.isFinite(Number(source));
}

/** A key as kubectl makes it a string: `1` is "1", `yes` is "true"; `null` and floats that could be spelled in two ways are not. */
export function keyText(value: ScalarValue, source: string): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  if (typeof value !== 'number') return undefined;
  if (Number.isInteger(value) && !/[.eE]/.test(source.replace(/^[-+]?0[xX].*/, ''))) return String(value);
  const size = Math.abs(value);
  const digits = String(value).replace(/^[-0.]+|\./g, '').length;
  return digits <= 6 && (size === 0 || (size >= 1e-4 && size < 1e6)) ? String(value) : undefined;
}

/** By the first character: only these can begin what is no string. */
function mayBeSpecial(text: string): boolean {
  if (text === '') return true;
  const first = text.charCodeAt(0);
  if (first < 65) return first === 43 || first === 45 || first === 46 || (first >= 48 && first <= 57);
  return first === 126 || 'yYnNtToOfF'.includes(text.charAt(0));
}

function readDotted(text: string): ScalarValue | Unreadable {
  if (INFINITE.test(text)) return unreadable(text);
  return DOTTED.test(text) ? finite(text.replaceAll('_', ''), text) : text;
}

function readNumber(text: string): ScalarValue | Unreadable {
  if (SMALL_INTEGER.test(text)) return Number(text);
  if (INFINITE.test(text)) return unreadable(text);
  const plain = text.includes('_') ? text.replaceAll('_', '') : text;
  const integer = INTEGER.exec(plain);
  if (integer) return readInteger(text, integer);
  return FLOAT.test(plain) ? finite(plain, text) : text;
}

function readInteger(text: string, [, sign, hex, binary, octal, decimal]: RegExpExecArray): ScalarValue | Unreadable {
  const digits = hex ? `0x${hex}` : binary ? `0b${binary}` : octal ? `0o${octal}` : (decimal ?? '0');
  const exact = BigInt(digits);
  const value = Number(exact);
  if (String(value) !== String(exact)) {
    return { reason: `${text} is an integer with more digits than JSON numbers keep; quote it if it is meant as text` };
  }
  return sign === '-' && value !== 0 ? -value : value;
}

/** A float; one beyond all floats is a string, as in Go. */
function finite(plain: string, text = plain): ScalarValue {
  const value = Number(plain);
  if (!Number.isFinite(value)) return text;
  return value === 0 ? 0 : value;
}

function unreadable(text: string): Unreadable {
  return { reason: `${text} is a number that JSON cannot hold; quote it if it is meant as text` };
}

import { readPlain } from './scalars.ts';

const PLAIN =
  /^[A-Za-z0-9_/](?:[A-Za-z0-9_./@+=~^%*!?&|$()-]|[:#](?=[A-Za-z0-9_./@+=~^*!?$(-])| (?=[A-Za-z0-9_./@+=(-]))*$/;
const WORDS = /^(?:y|n|yes|no|on|off|true|false|null)$/i;
/** Whatever YAML 1.1, 1.2 or Go could take for a number or a time: sexagesimals, timestamps, `1_000`, `0x1f`, `1e3`. */
const NUMERIC = [
  /^[-+]?0[xX][0-9a-fA-F_]+$/,
  /^[-+]?0[oO]?[0-7_]+$/,
  /^[-+]?0[bB][01_]+$/,
  /^[-+]?[0-9][0-9_]*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9]+)?$/,
  /^[-+]?\.[0-9_]+(?:[eE][-+]?[0-9]+)?$/,
  /^[-+]?[0-9_]*\.?[0-9_]*[eE][-+]?[0-9]+$/,
  /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/,
  /^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:$|[Tt ])/,
  /^[-+]?\.(?:inf|nan)$/i,
];

/** Whether a string may stand bare and is read back as this very string by YAML 1.1, YAML 1.2 and kubectl, in flow style too. */
export function isSafePlain(text: string): boolean {
  if (text.length > 1000 || !PLAIN.test(text) || WORDS.test(text)) return false;
  return typeof readPlain(text) === 'string' && !NUMERIC.some((pattern) => pattern.test(text));
}

/** A string in double quotes; valid both as JSON and as YAML, on one line, what is not visible escaped. */
export function doubleQuoted(text: string): string {
  return JSON.stringify(text).replace(/[\u007F-\u009F\u00AD\u2028\u2029\uFEFF\uFFFE\uFFFF]/g, (char) => {
    return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/** A string in single quotes, or `undefined` where these cannot hold it on one line. */
export function singleQuoted(text: string): string | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what single quotes cannot hold
  if (/[\u0000-\u001F\u007F-\u009F\u00AD\u2028\u2029\uD800-\uDFFF\uFEFF\uFFFE\uFFFF]/.test(text)) return undefined;
  return `'${text.replaceAll("'", "''")}'`;
}

/** Bare where that is safe, else in double quotes. */
export function plainOrQuoted(text: string): string {
  return isSafePlain(text) ? text : doubleQuoted(text);
}

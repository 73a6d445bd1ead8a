const SIMPLE_FLAG = /^--[a-z0-9-]+(=[A-Za-z0-9_./@+,:~-]*[A-Za-z0-9_./@+,~-])?$/;
const WORD = /^[A-Za-z_/][A-Za-z0-9_./-]*(:[A-Za-z0-9_./-]+)*$/;
const QUANTITY = /^\d+(m|[KMG]i)$/;
/** What some readers refuse as it is, or take for a line break. */
const UNSEEN = /[\p{Cc}\u2028\u2029\ufeff\ufffe\uffff]/gu;
const OTHER_TYPE = /^(y|n|yes|no|on|off|true|false|null)$/i;

/** A value as YAML on one line; strings bare where every reader takes them for the same string. */
export function scalar(value: string | number | boolean | null): string {
  if (typeof value !== 'string') return String(value);
  const bare =
    SIMPLE_FLAG.test(value) || (WORD.test(value) && !OTHER_TYPE.test(value)) || QUANTITY.test(value) || isProse(value);
  return bare ? value : quoted(value);
}

/** A string in quotes, as every reader takes it. */
export function quoted(text: string): string {
  return JSON.stringify(text).replace(UNSEEN, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Whether a text of several lines keeps every byte as a literal block. */
export function fitsBlock(text: string): boolean {
  return text.includes('\n') && text === text.trim() && text.replaceAll('\n', '').search(UNSEEN) < 0;
}

/** A sentence of a description, without anything that YAML could take for its own. */
function isProse(text: string): boolean {
  return /^[A-Z][A-Za-z0-9 ,.;'()/_-]*$/.test(text) && !text.endsWith(' ') && /[a-z] [a-z]/i.test(text);
}

const SIMPLE_FLAG = /^--[a-z0-9-]+(=[A-Za-z0-9_./@+,:~-]*[A-Za-z0-9_./@+,~-])?$/;
const WORD = /^[A-Za-z_/][A-Za-z0-9_./-]*(:[A-Za-z0-9_./-]+)*$/;
const QUANTITY = /^\d+(m|[KMG]i)$/;
const OTHER_TYPE = /^(y|n|yes|no|on|off|true|false|null)$/i;

/** A value as YAML on one line; strings bare where every reader takes them for the same string. */
export function scalar(value: string | number | boolean | null): string {
  if (typeof value !== 'string') return String(value);
  const bare =
    SIMPLE_FLAG.test(value) || (WORD.test(value) && !OTHER_TYPE.test(value)) || QUANTITY.test(value) || isProse(value);
  return bare ? value : JSON.stringify(value);
}

/** A sentence of a description, without anything that YAML could take for its own. */
function isProse(text: string): boolean {
  return /^[A-Z][A-Za-z0-9 ,.;'()/_-]*$/.test(text) && /[a-z] [a-z]/i.test(text);
}

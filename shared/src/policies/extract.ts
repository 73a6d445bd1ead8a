import { RE2JS } from 're2js';

/** Gives what a template makes of the groups that an expression finds in a tag; `undefined` where it finds nothing. */
export type Extract = (tag: string) => string | undefined;

/**
 * Flux v2's tag filter: an RE2 expression and a template with `$name`, `${name}` or `$1` as Go's `Regexp.Expand` takes it.
 * Without template: the whole tag.
 */
export function compileExtract(pattern: string, template: string | undefined): Extract | { readonly error: string } {
  try {
    const expression = RE2JS.compile(pattern);
    const names = expression.namedGroups();
    return (tag) => {
      const matcher = expression.matcher(tag);
      if (!matcher.find()) return undefined;
      if (template === undefined || template === '') return tag;
      return template.replace(/\$(?:(\$)|\{(\w+)\}|(\w+))/g, (_, dollar?: string, braced?: string, bare?: string) => {
        if (dollar !== undefined) return '$';
        const name = braced ?? bare ?? '';
        const number = /^\d+$/.test(name) ? Number(name) : names[name];
        return number === undefined || number > expression.groupCount() ? '' : (matcher.group(number) ?? '');
      });
    };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

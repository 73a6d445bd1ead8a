import { RE2JS } from 're2js';

/** A regular expression over tags, matched anywhere in linear time (RE2). */
export interface TagExpression {
  /** Group 1, or the whole tag where the expression has no group; `undefined` where it (or the group) does not match. */
  see(tag: string): string | undefined;
  matches(tag: string): boolean;
}

/** Compiles an expression in RE2's syntax, or tells what is wrong with it. */
export function compileExpression(source: string): TagExpression | { readonly error: string } {
  try {
    const compiled = RE2JS.compile(source);
    return {
      matches: (tag) => compiled.matcher(tag).find(),
      see(tag) {
        const matcher = compiled.matcher(tag);
        if (!matcher.find()) return undefined;
        return compiled.groupCount() === 0 ? tag : (matcher.group(1) ?? undefined);
      },
    };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

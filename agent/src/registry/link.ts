const LINK = /<([^>]*)>((?:\s*;\s*[\w!#$&+.^`|~*-]+(?:\s*=\s*(?:"(?:[^"\\]|\\.)*"|[^\s",;]+))?)*)/g;
const NEXT = /;\s*rel\s*=\s*(?:"(?:[^"]*\s)?next(?:\s[^"]*)?"|next\s*(?:;|$))/i;
const MAX_LENGTH = 16_384;

/** The target of the `rel="next"` link of a `Link` header (RFC 8288), as written: relative or absolute. */
export function nextLink(header: string | readonly string[] | undefined): string | undefined {
  const text = (typeof header === 'string' ? header : (header ?? []).join(', ')).slice(0, MAX_LENGTH);
  for (const [, target, params] of text.matchAll(LINK)) {
    if (target !== undefined && params !== undefined && NEXT.test(params)) return target;
  }
  return undefined;
}

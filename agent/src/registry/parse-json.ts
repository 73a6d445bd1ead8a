/** JSON as a value, `undefined` where it is none: what others sent may hold secrets, and the parser's message would quote it. */
export function parseJson(text: string | Buffer): unknown {
  try {
    return JSON.parse(text.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** Whether a name fits a glob in which only `*` is special and stands for any text, slashes too (as in Flux v1). */
export function matchesGlob(glob: string, name: string): boolean {
  const [first = '', ...rest] = glob.split('*');
  const last = rest.pop();
  if (last === undefined) return glob === name;
  if (!name.startsWith(first)) return false;
  let from = first.length;
  for (const part of rest) {
    const at = name.indexOf(part, from);
    if (at < 0) return false;
    from = at + part.length;
  }
  return name.length - last.length >= from && name.endsWith(last);
}

/** The first glob that fits, or `undefined`. */
export function findGlob(globs: readonly string[], name: string): string | undefined {
  return globs.find((glob) => matchesGlob(glob, name));
}

/**
 * Whether a glob takes a path of the repository, itself or a folder above it. `*` and `?` stay inside a name, `**` spans
 * folders; a glob without "/" is looked for at any depth, others from the root.
 */
export function matchesGlob(glob: string, path: string): boolean {
  const trimmed = glob.replace(/^\.?\//, '').replace(/\/+$/, '');
  const pattern = trimmed.split('/');
  const names = path.split('/');
  if (!trimmed.includes('/') && !glob.startsWith('/')) return names.some((name) => matchesName(trimmed, name));
  // All prefixes of the path: a folder that fits takes what is below it.
  return names.some((_, index) => matchesNames(pattern, names.slice(0, index + 1)));
}

function matchesNames(pattern: readonly string[], names: readonly string[]): boolean {
  // reach[j]: whether the pattern so far takes the first j names.
  let reach = [true, ...names.map(() => false)];
  for (const part of pattern) {
    const next = reach.map(() => false);
    for (let j = 0; j <= names.length; j++) {
      if (part === '**') next[j] = reach[j] === true || (j > 0 && next[j - 1] === true);
      else if (j > 0) next[j] = reach[j - 1] === true && matchesName(part, names[j - 1] ?? '');
    }
    reach = next;
  }
  return reach[names.length] === true;
}

/** `*` and `?` in one name, in time that grows with both lengths and no faster, whatever the pattern. */
function matchesName(pattern: string, name: string): boolean {
  let [p, n, star, mark] = [0, 0, -1, 0];
  while (n < name.length) {
    if (pattern[p] === '*') [star, mark, p] = [p, n, p + 1];
    else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === name[n])) [p, n] = [p + 1, n + 1];
    else if (star >= 0) [p, mark, n] = [star + 1, mark + 1, mark + 1];
    else return false;
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}

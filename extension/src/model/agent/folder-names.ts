/** The path of a file inside a folder, both with slashes; empty = the folder itself, `undefined` = it is outside. */
export function pathInside(folder: string, path: string, isCaseless: boolean): string | undefined {
  const base = folder.replace(/\/+$/, '');
  const [a, b] = isCaseless ? [base.toLowerCase(), path.toLowerCase()] : [base, path];
  if (a === b || `${a}/` === b) return '';
  return b.startsWith(`${a}/`) ? path.slice(base.length + 1) : undefined;
}

/** The last part of a path. */
export function lastPart(path: string): string {
  return path.replace(/\/+$/, '').split('/').at(-1) ?? '';
}

/**
 * What people call environments: the agent's environment once it is known, else the folder. Where several are open, both, so
 * that each name is there once.
 */
export function environmentNames(
  open: readonly { readonly root: string; readonly environment: string | undefined }[],
): readonly string[] {
  const folders = open.map(({ root }) => lastPart(root));
  const names = open.map(({ environment }, index) => {
    const folder = folders[index] ?? '';
    if (environment === undefined || environment === folder) return folder;
    return open.length === 1 ? environment : `${environment} (${folder})`;
  });
  return names.map((name, index) => {
    const isTwice = names.some((other, at) => other === name && at !== index);
    return isTwice ? `${name} (${open[index]?.root ?? ''})` : name;
  });
}

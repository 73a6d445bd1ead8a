/** Whether a file is among those that an agent reads, by its `--git-path`s; none = the whole repository. */
export function isKept(path: string, paths: readonly string[]): boolean {
  return paths.length === 0 || paths.some((root) => isBelow(path, cleanPath(root)));
}

/** Whether a path is a cleaned path or below it; '' = the root. */
export function isBelow(path: string, root: string): boolean {
  return root === '' || path === root || path.startsWith(`${root}/`);
}

/** A `--git-path` without what may be written around it: `./deploy/` is `deploy`. */
export function cleanPath(path: string): string {
  return path.replace(/^(?:\.?\/)+|^\.$|\/+$/g, '');
}

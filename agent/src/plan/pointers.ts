import type { Difference } from '@weaveflux/shared';

/** Whether a JSON Pointer is the other one or lies below it; '' covers everything. */
export function covers(pointer: string, path: string): boolean {
  return path === pointer || path.startsWith(`${pointer}/`);
}

/** The differences that none of the pointers (`ignore-fields`) covers. */
export function filterIgnored(differences: readonly Difference[], pointers: readonly string[]): Difference[] {
  return differences.filter(({ path }) => !pointers.some((pointer) => covers(pointer, path)));
}

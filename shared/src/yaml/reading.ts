import type { Node } from './nodes.ts';

/** Why a text cannot be read. `reason` is a clause about the text: "a tab is used as indentation; use spaces". */
export interface Defect {
  readonly offset: number;
  readonly reason: string;
}

/** What a reader makes of a text: a node for every document, empty ones included, or its first defect. */
export type Reading = { readonly roots: readonly Node[] } | { readonly defect: Defect };

/** Thrown inside a reader to end it at the first defect; never leaves this folder. */
export class DefectError extends Error {
  readonly defect: Defect;

  constructor(offset: number, reason: string) {
    super(reason);
    this.defect = { offset, reason };
  }
}

/** What follows from a key that stands twice in a mapping. */
export function duplicateReason(key: string): string {
  return `the key ${JSON.stringify(key)} stands twice in this mapping; remove one`;
}

/** How deep collections may be nested. */
export const MAX_DEPTH = 500;

/** Why nesting beyond MAX_DEPTH is refused. */
export const TOO_DEEP = `collections are nested more than ${MAX_DEPTH} deep`;

import type { ValueType } from './values.ts';

export const GROUPS = ['Git', 'Delivery', 'Images', 'Kubernetes', 'The agent'] as const;

/** One flag. */
export interface Flag<T = unknown> {
  readonly group: (typeof GROUPS)[number];
  readonly type: ValueType<T>;
  /** As a person would write it; `undefined` = none. */
  readonly default: string | undefined;
  /** One sentence. */
  readonly meaning: string;
  /** How Flux v1 differs; 'new' = Flux v1 has no such flag; absent = the same there. */
  readonly flux?: string;
  /** Its value is never shown. */
  readonly secret?: true;
}

/** What makes the flags of a group: their type, default and meaning, and what else there is. */
export function flagsOf(group: Flag['group']) {
  return <T, D extends string | undefined>(
    type: ValueType<T>,
    standard: D,
    meaning: string,
    more: Pick<Flag, 'flux' | 'secret'> = {},
  ): Flag<T> & { readonly default: D } => ({ group, type, default: standard, meaning, ...more });
}

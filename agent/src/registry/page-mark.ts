import { hash } from 'node:crypto';
import type { Answer } from './transport.ts';

/** By what the only page of a list is known again, without keeping or reading it. */
export interface PageMark {
  readonly hash: string;
  /** Entries, also such as are no tags. */
  readonly entries: number;
}

/** The mark of an answer that holds so many entries. */
export function markOf({ body }: Answer, entries: number): PageMark {
  return { hash: hashOf(body), entries };
}

/** Whether the answer is the page that was marked. */
export function isMarked({ body }: Answer, mark: PageMark): boolean {
  return hashOf(body) === mark.hash;
}

function hashOf(body: Buffer): string {
  return hash('sha256', body, 'base64');
}

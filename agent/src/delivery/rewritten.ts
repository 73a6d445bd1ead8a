import type { Head } from '../git/repository.ts';
import { type Environment, short } from './environment.ts';

/** Remembers and tells that history was rewritten. Whoever looks at the remote must: the next look no longer sees it. */
export function noteRewritten({ memory, repository, emit }: Environment, head: Head): void {
  if (!head.rewritten) return;
  const { revision } = head;
  memory.repository.rewritten = revision;
  const message = `The history of ${repository.branch} was rewritten; ${short(revision)} is followed, and pruning waits for a person.`;
  emit({ type: 'history-rewritten', severity: 'warning', revision, message });
}

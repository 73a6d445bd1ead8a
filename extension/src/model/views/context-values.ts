/** What a row is: the first word of its context value. No word begins another one with a word boundary after it. */
export const ROW_KINDS = [
  'environment',
  'connection',
  'revision',
  'git',
  'suspension',
  'notice',
  'section',
  'namespace',
  'objectKind',
  'workload',
  'container',
  'object',
  'difference',
  'prune',
  'problem',
  'updateGroup',
  'update',
  'day',
  'delivery',
  'event',
] as const;
export type RowKind = (typeof ROW_KINDS)[number];

/** What holds of a row: the words after it. */
export const ROW_FLAGS = [
  /** It has a line in a file. */
  'placed',
  /** It is about one object of the environment. */
  'objected',
  /** That object is a workload with images. */
  'imaged',
  /** Something newer can be released as it is. */
  'releasable',
  /** It waits for a person to approve it. */
  'approvable',
  /** It is proposed in a pull or merge request. */
  'reviewable',
  'held',
  'pinned',
  'unpinned',
  'automated',
  'manual',
  'suspended',
  'running',
  'drifted',
  'confirmable',
] as const;
export type RowFlag = (typeof ROW_FLAGS)[number];

/** The `viewItem` that the menus in `package.json` test: what the row is, and what holds of it. */
export function contextValueOf(kind: RowKind, flags: Partial<Readonly<Record<RowFlag, boolean>>> = {}): string {
  return [kind, ...ROW_FLAGS.filter((flag) => flags[flag])].join(' ');
}

/** One kind of policy, for people. */
export interface PolicyKind {
  /** Without colon. */
  readonly prefix: string;
  readonly order: string;
  readonly meaning: string;
  readonly example: string;
}

/** Every kind of policy, in the order of the documentation. */
export const POLICY_KINDS: readonly PolicyKind[] = [
  {
    prefix: 'semver',
    order: 'version',
    meaning: 'Tags that are versions (a leading v, and missing minor or patch, are allowed) in the range.',
    example: 'semver:~1.4',
  },
  {
    prefix: 'glob',
    order: 'created time',
    meaning: 'Tags that match, where * stands for any characters; the prefix may be left out.',
    example: 'glob:main-*',
  },
  {
    prefix: 'regexp',
    order: 'created time',
    meaning: 'Tags in which the expression is found; its groups mean nothing.',
    example: 'regexp:^main-[0-9a-f]{7}$',
  },
  { prefix: 'regex', order: 'created time', meaning: 'The same as regexp.', example: 'regex:^v\\d+$' },
  {
    prefix: 'numerical',
    order: 'number',
    meaning: 'Tags whose group 1, or without a group the whole tag, is a decimal number.',
    example: 'numerical:^build-(\\d+)$',
  },
  {
    prefix: 'alphabetical',
    order: 'characters',
    meaning: 'Tags in which the expression is found, by group 1, or without a group the whole tag.',
    example: 'alphabetical:^release-(.+)$',
  },
  { prefix: 'newest', order: 'created time', meaning: 'Every tag; nothing follows the colon.', example: 'newest:' },
];

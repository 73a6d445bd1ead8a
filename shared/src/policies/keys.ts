/** The prefix of every key of ours. */
export const PREFIX = 'weaveflux.dev/';

/** Flux v1's prefixes, the one that it wrote first. */
export const FLUX_PREFIXES = ['fluxcd.io/', 'flux.weave.works/'] as const;

/** Flux v1's other way to write `fluxcd.io/tag.<container>`. */
export const FLUX_FILTER_PREFIX = 'filter.fluxcd.io/';

/** Kubernetes' limit for what stands behind the slash of an annotation's key. */
export const MAX_KEY_NAME = 63;

/** What a key's value may be. All are strings in YAML. */
export type KeyType =
  | 'boolean'
  | 'ignore'
  | 'policy'
  | 'regexp'
  | 'duration'
  | 'time'
  | 'pointers'
  | 'platform'
  | 'text'
  | 'word';

/** One key that the product reads or writes. */
export interface KeyDescription {
  /** Behind the prefix; of keys for one container the part before `.<container>`. */
  readonly name: string;
  readonly perContainer: boolean;
  readonly place: 'annotation' | 'live annotation' | 'inventory annotation' | 'label';
  readonly type: KeyType;
  /** Of type `word`: the one value it takes. */
  readonly word?: string;
  readonly default: string;
  /** One sentence. */
  readonly meaning: string;
  readonly example: string;
  /** Whether Flux v1 has it under its own prefixes. */
  readonly flux: boolean;
}

/** Every key, in the order of the documentation. */
export const KEYS = [
  key('automated', 'boolean', {
    flux: true,
    default: '"false"',
    example: '"true"',
    meaning: 'New images of this workload are released by policy.',
  }),
  key('tag', 'policy', {
    perContainer: true,
    flux: true,
    default: 'glob:*',
    example: 'semver:~1.4',
    meaning: 'Which tags the container takes, and which of two is newer.',
  }),
  key('tag-filter', 'regexp', {
    perContainer: true,
    default: 'none',
    example: '^main-(\\d+)$',
    meaning: 'Tags that the expression does not match take no part; its first group, if any, is what the policy sees.',
  }),
  key('min-age', 'duration', {
    perContainer: true,
    default: '0s',
    example: '24h',
    meaning: 'A tag is released only when its image was created at least so long ago.',
  }),
  key('platform', 'platform', {
    perContainer: true,
    default: 'as images.platforms',
    example: 'linux/arm64',
    meaning:
      'A tag is released only when it has an image for this platform; nodes: for each platform of the nodes that its pods may run on; any: whatever it has images for.',
  }),
  key('digest', 'word', {
    perContainer: true,
    word: 'follow',
    default: 'none',
    example: 'follow',
    meaning: 'The digest is written behind the tag, and follows when the tag is pushed again.',
  }),
  key('locked', 'boolean', {
    flux: true,
    default: '"false"',
    example: '"true"',
    meaning: 'A pin: no container of this workload is released, whatever is automated.',
  }),
  key('locked', 'boolean', {
    perContainer: true,
    default: '"false"',
    example: '"true"',
    meaning: 'A pin of this container alone.',
  }),
  key('locked_msg', 'text', {
    flux: true,
    default: 'none',
    example: 'waiting for the fix of the login',
    meaning: 'Why it is pinned.',
  }),
  key('locked_user', 'text', {
    flux: true,
    default: 'none',
    example: 'Ada Lovelace <ada@example.org>',
    meaning: 'Who pinned it.',
  }),
  key('approval', 'word', {
    word: 'required',
    default: 'none',
    example: 'required',
    meaning: 'What is chosen for this workload is committed only when a person approves it.',
  }),
  key('approval', 'word', {
    perContainer: true,
    word: 'required',
    default: 'none',
    example: 'required',
    meaning: 'The same for this container alone.',
  }),
  key('group', 'text', {
    default: 'none',
    example: 'checkout',
    meaning:
      'Workloads of one group are released in one commit, where `.weaveflux.yaml` says `images: { commit: group }`.',
  }),
  key('rollback', 'boolean', {
    default: 'as --rollback-on-failed-health',
    example: '"true"',
    meaning:
      'A release that the agent made by itself is taken back where the workload does not become healthy with it, and was healthy before; "false": never.',
  }),
  key('ignore', 'ignore', {
    flux: true,
    default: '"false"',
    example: '"true"',
    meaning:
      '"true": the object is neither applied, nor pruned, nor automated, also when only the live object says so; sync_only: it is applied and never pruned.',
  }),
  key('ignore-until', 'time', {
    place: 'live annotation',
    default: 'none',
    example: '2030-01-31T18:00:00Z',
    meaning: 'Until this time (RFC 3339) what is changed on the live object is left alone.',
  }),
  key('ignore-fields', 'pointers', {
    default: 'none',
    example: '/spec/replicas,/spec/template/spec/nodeSelector',
    meaning: 'Fields (JSON Pointers, separated by commas) that are left as they are in the cluster.',
  }),
  key('prune', 'word', {
    word: 'disabled',
    default: 'none',
    example: 'disabled',
    meaning: 'The object is never deleted, also when the repository no longer has it.',
  }),
  key('drift', 'word', {
    word: 'report',
    default: 'none',
    example: 'report',
    meaning: 'Changes by others are reported and not undone.',
  }),
  key('recreate', 'boolean', {
    default: '"false"',
    example: '"true"',
    meaning: 'Where a field is immutable, the object is deleted and created again; a Job is automated only with it.',
  }),
  key('suspend', 'text', {
    place: 'inventory annotation',
    default: 'none',
    example: 'written by weaveflux suspend',
    meaning:
      'What is suspended, why, by whom and until when; the agent keeps it on the first ConfigMap of its inventory.',
  }),
  key('environment', 'text', {
    place: 'label',
    default: 'none',
    example: 'weaveflux.default',
    meaning: 'Set by the agent on every object it applies: its namespace and the name of its environment.',
  }),
] as const satisfies readonly KeyDescription[];

/** A key that annotations of an object may carry, without prefix and container. */
export type KeyName = (typeof KEYS)[number]['name'];

type Details = Pick<KeyDescription, 'default' | 'meaning' | 'example'> &
  Partial<Pick<KeyDescription, 'perContainer' | 'place' | 'word' | 'flux'>>;

function key<Name extends string>(
  name: Name,
  type: KeyType,
  details: Details,
): KeyDescription & { readonly name: Name } {
  return { name, type, perContainer: false, place: 'annotation', flux: false, ...details };
}

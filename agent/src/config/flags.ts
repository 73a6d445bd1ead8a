import { FORGE_KINDS } from '../forges/types.ts';
import {
  absolutePath,
  address,
  bool,
  choice,
  count,
  duration,
  durationOrNever,
  list,
  path,
  text,
  type ValueType,
} from './values.ts';

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

const DNS_LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
/** What the name of a namespace is made of, for people. */
export const NAMESPACE_RULE = 'lower-case letters, digits and "-", at most 63';
const NAMESPACE = `a namespace: ${NAMESPACE_RULE}`;
/** Whether a word can be the name of a namespace. */
export const isLabel = (word: string): boolean => DNS_LABEL.test(word);
/** Whether a word can be the name of an object such as a Secret. */
export const isObjectName = (word: string): boolean => /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/.test(word);
/** Whether a word can be a service account's name, or its namespace and name. */
export const isAccount = (word: string): boolean => {
  const parts = word.split('/');
  return parts.length <= 2 && parts.every(isObjectName);
};
const isImageGlob = (word: string) => /^\S+$/.test(word);
const isRepositoryPath = (word: string) =>
  !word.startsWith('/') && !word.split('/').includes('..') && !/\p{Cc}/u.test(word);

/** Every flag of the agent, by name. Parsing, `WEAVEFLUX_*`, the config file, `--help` and the reference come from it. */
export const FLAGS = {
  'git-url': flag(
    'Git',
    text('the URL of a repository'),
    undefined,
    'The repository: `ssh://git@host/path`, `git@host:path`, `https://host/path` or `file:///path`. A user and token in it are taken out and never shown.',
    { secret: true },
  ),
  'git-branch': flag(
    'Git',
    text('the name of a branch'),
    undefined,
    "The branch to follow; without it the one that the remote's HEAD names.",
    { flux: 'default `master`' },
  ),
  'git-path': flag(
    'Git',
    list('paths from the root of the repository, without ".." and a leading "/"', isRepositoryPath),
    '',
    'Folders or files to deliver; without it the whole repository.',
  ),
  'git-poll-interval': flag(
    'Git',
    duration,
    '30s',
    'How often the remote is asked for its head; nothing is fetched while that has not moved.',
    { flux: 'default `5m`' },
  ),
  'git-timeout': flag(
    'Git',
    duration,
    '20s',
    'Deadline of one call of git; while a transfer makes progress it begins anew.',
    { flux: 'counts from the start, so that a large repository never arrives' },
  ),
  'git-user': flag(
    'Git',
    text('a name', (word) => !/[<>\p{Cc}]/u.test(word)),
    'Weave Flux',
    'Name of the committer.',
  ),
  'git-email': flag(
    'Git',
    text('an address', (word) => !/[<>\p{Cc}]/u.test(word)),
    'support@weave.works',
    'Address of the committer.',
  ),
  'git-set-author': flag(
    'Git',
    bool,
    'false',
    'Names the person who asked for a change as its author; the committer stays.',
  ),
  'git-signing-key': flag(
    'Git',
    text('the id, fingerprint or address of a GPG key', (word) => !/^-|\p{Cc}/u.test(word)),
    undefined,
    'Signs commits with this GPG key, whose private half, without a passphrase, is in `git-gpg-key-import`.',
  ),
  'git-gpg-key-import': flag(
    'Git',
    list('paths of files, or of folders with files'),
    '',
    'Files with exported GPG keys, or folders of such files, read anew for each commit.',
    { flux: 'for verifying, too' },
  ),
  'git-ssh-signing-key': flag(
    'Git',
    path,
    undefined,
    'Signs commits with the unencrypted private SSH key in this file, such as `/etc/fluxd/ssh/signing`; read anew for each commit.',
    { flux: 'new' },
  ),
  'git-readonly': flag('Git', bool, 'false', 'Never pushes: image updates are proposed only.'),
  'git-ci-skip': flag('Git', bool, 'false', 'Adds the paragraph `[ci skip]` to commit messages.'),
  'git-ci-skip-message': flag(
    'Git',
    text('a text without lines that begin with "Weaveflux-"', (word) => !/^Weaveflux-/m.test(word)),
    undefined,
    'Adds this paragraph instead.',
  ),
  'git-https-token-file': flag(
    'Git',
    path,
    undefined,
    'File with the token or password for https, read anew for each call; goes before the Secret and the URL.',
    { flux: 'new' },
  ),
  'forge-token-file': flag(
    'Git',
    path,
    undefined,
    'File with the token that opens a pull or merge request for `images.write.branch` of `.weaveflux.yaml`, read anew for each call; without it none is opened.',
    { flux: 'new' },
  ),
  forge: flag(
    'Git',
    choice(FORGE_KINDS),
    undefined,
    'The kind of host that the request is opened at (`gitea` for Forgejo, too); without it by the host of `git-url`, where its name tells.',
    { flux: 'new' },
  ),
  'forge-url': flag(
    'Git',
    text('an https address'),
    undefined,
    "The address of that host's API, such as `https://git.example.com/api/v1`; without it by the host of `git-url`.",
    { flux: 'new' },
  ),
  'ssh-known-hosts': flag(
    'Git',
    path,
    undefined,
    'File with host keys in the format of `known_hosts`; github.com, gitlab.com, bitbucket.org and Azure DevOps are known without it.',
    { flux: 'new' },
  ),
  'sync-interval': flag(
    'Delivery',
    duration,
    '5m',
    'How often everything is compared again, changed or not; what is unchanged is not sent.',
  ),
  'sync-timeout': flag('Delivery', duration, '1m', 'Deadline of one request to the API server while delivering.', {
    flux: 'bounds the whole sync',
  }),
  'sync-garbage-collection': flag(
    'Delivery',
    bool,
    'false',
    'Deletes objects that left the repository; off, they are reported as a difference.',
  ),
  'sync-garbage-collection-dry': flag('Delivery', bool, 'false', 'Only reports what would be deleted.'),
  'automation-interval': flag('Images', duration, '1m', 'How often the tags of automated images are listed.', {
    flux: 'default `5m`',
  }),
  'unautomated-scan-interval': flag(
    'Images',
    durationOrNever,
    '15m',
    'How often the tags of images that are not automated, or are pinned, are listed; `0s` = never.',
    { flux: 'new' },
  ),
  'rollback-on-failed-health': flag(
    'Images',
    bool,
    'false',
    'Takes a release that the agent made by itself back where the workload does not become healthy with it; the annotation `weaveflux.dev/rollback` goes before it.',
    { flux: 'new' },
  ),
  'health-deadline': flag(
    'Images',
    duration,
    '10m',
    'How long after a release a workload may take to become healthy before it is rolled back; a Deployment goes by its own `progressDeadlineSeconds`.',
    { flux: 'new' },
  ),
  'registry-rps': flag('Images', count, '10', 'Requests a second to one registry.', { flux: 'default `50`' }),
  'registry-burst': flag('Images', count, '10', 'Requests that may be made at once to one registry.'),
  'registry-include-image': flag(
    'Images',
    list('globs on image names', isImageGlob),
    '',
    'Scans only images that fit one of these globs.',
  ),
  'registry-exclude-image': flag(
    'Images',
    list('globs on image names', isImageGlob),
    'k8s.gcr.io/*',
    'Never scans images that fit one of these globs; goes before `registry-include-image`.',
  ),
  'registry-insecure-host': flag(
    'Images',
    list('hosts, or host:port', (word) => /^[A-Za-z0-9._[\]:-]+$/.test(word)),
    '',
    'Registries whose certificate is not verified and that may speak plain HTTP.',
  ),
  'registry-disable-scanning': flag('Images', bool, 'false', 'Lists no tags, so nothing is automated.'),
  'registry-ecr-region': flag(
    'Images',
    list('AWS regions such as eu-central-1', (word) => /^[a-z]{2,4}(-[a-z]+)+-\d{1,2}$/.test(word)),
    '',
    'Regions of ECR whose images are scanned; without it the region of each host name.',
  ),
  'registry-ecr-include-id': flag(
    'Images',
    list('AWS account numbers of 12 digits', (word) => /^\d{12}$/.test(word)),
    '',
    'Accounts of ECR whose images are scanned; without it all that are not excluded.',
  ),
  'registry-ecr-exclude-id': flag(
    'Images',
    list('AWS account numbers of 12 digits', (word) => /^\d{12}$/.test(word)),
    '602401143452,918309763551',
    'Accounts of ECR whose images are never scanned.',
  ),
  'hook-secret-file': flag(
    'Images',
    path,
    undefined,
    'A file with the secret that registries and CI send with a hook, read anew for each; without it hooks are refused.',
    { flux: 'new' },
  ),
  'registry-certs-dir': flag(
    'Images',
    path,
    undefined,
    "A folder with certificates of registries, in the layout of Docker's `certs.d`: `<host>:<port>/ca.crt`, `client.cert`, `client.key`.",
    { flux: 'new' },
  ),
  'sigstore-trusted-root': flag(
    'Images',
    path,
    undefined,
    "A file with the trusted root of a Sigstore of one's own, in JSON, by which signatures without a key are verified; without it that of the public instance is fetched when it is needed.",
    { flux: 'new' },
  ),
  'docker-config': flag(
    'Images',
    path,
    undefined,
    'A Docker `config.json` with credentials, or credential helpers, for registries; read anew for each scan.',
  ),
  'k8s-secret-name': flag(
    'Kubernetes',
    text('the name of a Secret', (word) => /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/.test(word)),
    'flux-git-deploy',
    'The Secret with the ssh key or the https token.',
  ),
  'k8s-secret-data-key': flag(
    'Kubernetes',
    text('a key of a Secret', (word) => /^[-._a-zA-Z0-9]{1,253}$/.test(word) && !/^\.\.?$/.test(word)),
    'identity',
    'Its key that holds the private ssh key.',
  ),
  'k8s-secret-volume-mount-path': flag(
    'Kubernetes',
    absolutePath,
    '/etc/fluxd/ssh',
    'Where the Secret is mounted; where it is not, it is read by API.',
  ),
  'k8s-allow-namespace': flag(
    'Kubernetes',
    list(NAMESPACE, isLabel),
    '',
    'The only namespaces that are touched; without it all.',
  ),
  'k8s-default-namespace': flag(
    'Kubernetes',
    text(NAMESPACE, isLabel),
    undefined,
    'Namespace of manifests that name none; without it `default`.',
    { flux: "without it the kubeconfig's" },
  ),
  'agent-namespace': flag(
    'Kubernetes',
    text(NAMESPACE, isLabel),
    undefined,
    "Namespace of the agent's inventory and Secret; without it the pod's, outside a cluster `weaveflux`. Objects carry it as a label, so it must never change.",
    { flux: 'new' },
  ),
  'k8s-service-account': flag(
    'Kubernetes',
    text('the name of a service account, or its namespace and name as in `shop/deployer`', isAccount),
    undefined,
    "Everything that the repository asks for is done as this service account, by impersonation: it may do what the account may, and the agent's own rights are never used instead. Without a namespace the agent's.",
    { flux: 'new' },
  ),
  'leader-election': flag(
    'Kubernetes',
    bool,
    'false',
    'Works only while it holds the Lease `weaveflux-<environment>`: for two replicas, of which one stands by.',
    { flux: 'new' },
  ),
  kubeconfig: flag(
    'Kubernetes',
    path,
    undefined,
    "A kubeconfig; without it the pod's service account, else `KUBECONFIG`, else `~/.kube/config`.",
    { flux: 'new (`kube-config`)' },
  ),
  'kube-context': flag(
    'Kubernetes',
    text('the name of a context'),
    undefined,
    'The context of the kubeconfig; without it its current one.',
    { flux: 'new' },
  ),
  listen: flag(
    'The agent',
    address,
    '127.0.0.1:3030',
    'Address of the API for people: always on 127.0.0.1, whatever host is given.',
    { flux: 'default `:3030`; open to all' },
  ),
  'listen-metrics': flag('The agent', address, '127.0.0.1:3031', 'Address of `/healthz`, `/readyz` and `/metrics`.', {
    flux: 'default none: metrics on `listen`',
  }),
  'log-format': flag('The agent', choice(['fmt', 'json']), 'fmt', 'Format of the log: one line an event.'),
  environment: flag(
    'The agent',
    text('a name: lower-case letters, digits and "-", at most 63', isLabel),
    'default',
    'Name of the environment: its objects carry it as a label, so it must never change.',
    { flux: 'new' },
  ),
  'data-dir': flag(
    'The agent',
    path,
    '~/.cache/weaveflux/<environment>',
    'Folder of the cache: mirror of the repository, known tags. Nothing in it is missed when it is lost.',
    { flux: 'new' },
  ),
  config: flag(
    'The agent',
    path,
    undefined,
    'A YAML file with flags: keys are names without dashes, values as here, lists as lists.',
    { flux: 'new' },
  ),
} as const satisfies Readonly<Record<string, Flag>>;

export type FlagName = keyof typeof FLAGS;

/** Flags of Flux v1 that guard something which is not built: to go on without the guard would be worse than to stop. */
export const REFUSED: Readonly<Record<string, string>> = {
  'git-verify-signatures': 'signatures of commits are not verified yet, so unsigned commits would be delivered',
  'git-verify-signatures-mode': 'signatures of commits are not verified yet, so unsigned commits would be delivered',
  'git-secret': 'files of git-secret are not decrypted yet, so they would be delivered as they are',
  sops: 'SOPS files are not decrypted yet, so they would be delivered as they are',
  'manifest-generation': 'the commands of .flux.yaml are not run yet, so what they generate would be missing',
};

/** A flag of Flux v1 that does nothing any more. */
export interface Replaced {
  /** What takes its place, to end the sentence "--x does nothing: …". */
  readonly instead: string;
  /** Bare `--flag` is allowed. */
  readonly bare?: true;
  /** Its value is taken as this flag's (lists are merged). */
  readonly as?: FlagName;
}

const MEMCACHED: Replaced = { instead: 'what is known of tags is kept in --data-dir, no memcached is needed' };
const STATUS: Replaced = { instead: 'how far the agent is stands in its status, no tag or note is pushed' };
const KEYGEN: Replaced = { instead: 'a key is ed25519 where one must be generated' };
const NOTIFY: Replaced = { instead: 'events are read from the API, `weaveflux events -f` shows them' };

/** Flags of Flux v1 that are accepted with a warning. */
export const REPLACED: Readonly<Record<string, Replaced>> = {
  'memcached-hostname': MEMCACHED,
  'memcached-port': MEMCACHED,
  'memcached-timeout': MEMCACHED,
  'memcached-service': MEMCACHED,
  'sync-state': STATUS,
  'git-label': STATUS,
  'git-sync-tag': STATUS,
  'git-notes-ref': STATUS,
  connect: NOTIFY,
  token: NOTIFY,
  'rpc-timeout': NOTIFY,
  'registry-trace': { instead: 'requests to registries are counted in the metrics', bare: true },
  'registry-require': {
    instead: 'a registry that gives no login is told of by event and status, and nothing is released blindly',
  },
  'registry-cache-expiry': { instead: 'what is known of tags is kept until it changes' },
  'registry-poll-interval': { instead: 'it is taken as --automation-interval', as: 'automation-interval' },
  'registry-use-labels': { instead: 'the time that an image was created is used' },
  'ssh-keygen-bits': KEYGEN,
  'ssh-keygen-type': KEYGEN,
  'ssh-keygen-format': KEYGEN,
  'ssh-keygen-dir': KEYGEN,
  'k8s-namespace-whitelist': { instead: 'it is taken as --k8s-allow-namespace', as: 'k8s-allow-namespace' },
  'k8s-in-cluster': { instead: 'the agent sees by itself whether it runs in a cluster', bare: true },
  'k8s-verbosity': { instead: '--log-format shapes the log' },
  'k8s-unsafe-exclude-resource': { instead: 'only what the repository names is read from the cluster' },
  'kube-config': { instead: 'it is taken as --kubeconfig', as: 'kubeconfig' },
  'kubernetes-kubectl': { instead: 'the Kubernetes API is spoken directly' },
};

/** Flags that have a short form. */
export const SHORT: Readonly<Record<string, FlagName>> = { l: 'listen' };

function flag<T, D extends string | undefined>(
  group: Flag['group'],
  type: ValueType<T>,
  standard: D,
  meaning: string,
  more: Pick<Flag, 'flux' | 'secret'> = {},
): Flag<T> & { readonly default: D } {
  return { group, type, default: standard, meaning, ...more };
}

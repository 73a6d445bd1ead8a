import type { FlagName } from './flags.ts';

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

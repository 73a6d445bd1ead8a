import { WeavefluxError } from '@weaveflux/shared';
import type { OverlayTest, Slot, Test } from './tree.ts';

/** Where images of releases are; a fork or a mirror names its own with `--image` or in the one file. */
export const IMAGE_REPOSITORY = 'ghcr.io/weaveflux/weaveflux';
/** What stands for the repository until somebody names theirs. */
export const EXAMPLE_GIT_URL = 'git@github.com:you/environment.git';
export const DEFAULT_NAMESPACE = 'weaveflux';

/** What a person chooses about an installation. */
export interface InstallOptions {
  readonly gitUrl: string;
  readonly gitBranch: string;
  readonly gitPaths: readonly string[];
  readonly environment: string;
  /** The Secret with git's credentials, and its key with the ssh key. */
  readonly secretName: string;
  readonly secretKey: string;
  readonly namespace: string;
  readonly image: string;
  /** Name of the Secret that the agent's own image is pulled with. */
  readonly imagePullSecret: string | undefined;
  readonly overlays: ReadonlySet<Overlay>;
  /** Of `namespaced`: where the environment's objects are. */
  readonly allowNamespaces: readonly string[];
  /** More flags for the agent. */
  readonly args: readonly string[];
}

/** Every overlay, by the name that people write. */
export const OVERLAYS = {
  namespaced: { test: 'namespaced', value: 'namespaced' },
  'no-secrets': { test: 'noSecrets', value: 'noSecrets' },
  readonly: { test: 'readonly', value: 'readonly' },
  ha: { test: 'ha', value: 'ha' },
  persistent: { test: 'persistent', value: 'persistent' },
  nodes: { test: 'nodes', value: 'nodes' },
  'cluster-admin': { test: 'clusterAdmin', value: 'clusterAdmin' },
} as const satisfies Readonly<Record<string, { test: OverlayTest; value: string }>>;
export type Overlay = keyof typeof OVERLAYS;
export const OVERLAY_NAMES = Object.keys(OVERLAYS) as [Overlay, ...Overlay[]];

/** Overlays that cannot stand together, and why. */
export const CONTRADICTIONS: readonly (readonly [Overlay, Overlay, string])[] = [
  ['ha', 'persistent', 'two replicas cannot share one volume'],
  ['cluster-admin', 'no-secrets', 'an administrator reads every Secret'],
  ['cluster-admin', 'namespaced', 'an administrator is not held to namespaces'],
];

/** What is installed where nothing is chosen. */
export function defaultOptions(version: string): InstallOptions {
  return {
    gitUrl: EXAMPLE_GIT_URL,
    gitBranch: 'main',
    gitPaths: [],
    environment: 'default',
    secretName: 'flux-git-deploy',
    secretKey: 'identity',
    namespace: DEFAULT_NAMESPACE,
    image: `${IMAGE_REPOSITORY}:${version}`,
    imagePullSecret: undefined,
    overlays: new Set(),
    allowNamespaces: ['default'],
    args: [],
  };
}

/** Errors: INVALID_FLAG where two overlays contradict each other. */
export function checkOverlays(overlays: ReadonlySet<Overlay>): void {
  for (const [one, other, why] of CONTRADICTIONS) {
    if (overlays.has(one) && overlays.has(other))
      throw new WeavefluxError('INVALID_FLAG', `--overlay got ${one} and ${other}, but ${why}; leave one of them out.`);
  }
}

/** How an installation answers a test of a tree. */
export function holds(test: Test, options: InstallOptions): boolean {
  if (test === 'gitPath') return options.gitPaths.length > 0;
  if (test === 'imagePullSecret') return options.imagePullSecret !== undefined;
  return OVERLAY_NAMES.some((name) => OVERLAYS[name].test === test && options.overlays.has(name));
}

/** What an installation fills into a slot; `allowed` is the namespace that a document is repeated for. */
export function fill(slot: Slot, options: InstallOptions, allowed: string): string {
  switch (slot) {
    case 'gitPath':
      return options.gitPaths.join(',');
    case 'allowNamespaces':
      return options.allowNamespaces.join(',');
    case 'imagePullSecret':
      return options.imagePullSecret ?? '';
    case 'clusterName':
      return clusterName(options.namespace);
    case 'allowed':
      return allowed;
    default:
      return options[slot];
  }
}

/** Objects outside of the agent's namespace carry its name, so that two agents in one cluster do not share them. */
export function clusterName(namespace: string): string {
  return namespace === DEFAULT_NAMESPACE ? 'weaveflux' : `weaveflux-${namespace}`;
}

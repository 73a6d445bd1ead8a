import type { ForgeConfig } from '../forges/types.ts';
import type { SigningKey } from '../git/signing.ts';

/** All settings of the agent: flags over WEAVEFLUX_* over --config file over defaults. Durations in milliseconds. */
export interface AgentConfig {
  readonly gitUrl: string;
  /** Absent = the remote's HEAD. */
  readonly gitBranch: string | undefined;
  readonly gitPaths: readonly string[];
  readonly gitPollInterval: number;
  readonly gitTimeout: number;
  readonly gitUser: string;
  readonly gitEmail: string;
  readonly gitSetAuthor: boolean;
  /** What commits are signed with; absent = they are not. */
  readonly gitSigning: SigningKey | undefined;
  readonly gitReadonly: boolean;
  /** Text appended to commit messages as its own paragraph before the trailers; absent = none. */
  readonly gitSkipMessage: string | undefined;
  /** What --git-url's own user and password were, or what the token file gives; never printed. */
  readonly gitHttps: { readonly username?: string; readonly password?: string; readonly tokenFile?: string };
  /** Where pull or merge requests are made; absent = nowhere. */
  readonly forge: ForgeConfig | undefined;
  readonly sshKnownHosts: string | undefined;
  readonly syncInterval: number;
  readonly syncTimeout: number;
  readonly automationInterval: number;
  /** 0 = never. */
  readonly unautomatedScanInterval: number;
  readonly rollbackOnFailedHealth: boolean;
  readonly healthDeadline: number;
  readonly registryRps: number;
  readonly registryBurst: number;
  readonly registryIncludeImage: readonly string[];
  readonly registryExcludeImage: readonly string[];
  readonly registryInsecureHosts: readonly string[];
  readonly registryDisableScanning: boolean;
  readonly registryEcr: {
    readonly regions: readonly string[];
    readonly includeIds: readonly string[];
    readonly excludeIds: readonly string[];
  };
  readonly hookSecretFile: string | undefined;
  readonly registryCertsDir: string | undefined;
  readonly sigstoreTrustedRoot: string | undefined;
  readonly dockerConfig: string | undefined;
  readonly k8sSecretName: string;
  readonly k8sSecretDataKey: string;
  readonly k8sSecretVolumeMountPath: string;
  readonly k8sAllowNamespaces: readonly string[];
  readonly k8sDefaultNamespace: string | undefined;
  /** Where the inventory and the Secret lie; absent = the pod's namespace, outside a cluster `weaveflux`. */
  readonly agentNamespace: string | undefined;
  /** `name`, or `namespace/name`; what the repository asks for is done as this service account. */
  readonly k8sServiceAccount: string | undefined;
  /** Whether several replicas settle by a Lease who works. */
  readonly leaderElection: boolean;
  readonly garbageCollection: 'on' | 'dry' | 'off';
  /** host:port, always loopback. */
  readonly listen: string;
  readonly listenMetrics: string;
  readonly logFormat: 'fmt' | 'json';
  readonly environment: string;
  readonly dataDir: string;
  /** Path of a kubeconfig; absent = in-cluster, else KUBECONFIG, else ~/.kube/config. */
  readonly kubeconfig: string | undefined;
  readonly kubeContext: string | undefined;
  /** Sentences to log at the start: deprecated or replaced flags and the like. */
  readonly warnings: readonly string[];
}

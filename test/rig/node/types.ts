import type { SshGit } from '../git/ssh.ts';
import type { ControlPlane } from '../kubernetes/control-plane.ts';
import type { RegistryOptions, RigRegistry } from '../registry/registry.ts';

export interface NodeOptions {
  /** The registry's kind, users and paging; its address is the node's. */
  readonly registry?: Omit<RegistryOptions, 'address'>;
  /** More flags for kube-apiserver. */
  readonly apiServerFlags?: readonly string[];
}

/** One layer of an image, in bytes. */
export interface LayerSize {
  /** What it holds: `base`, `system`, `node`, `agent`. */
  readonly name: string;
  /** As it is in the registry (gzip). */
  readonly compressed: number;
  /** As it is unpacked. */
  readonly uncompressed: number;
}

/** The agent as it was pushed. */
export interface AgentImage {
  /** `<address>:<port>/weaveflux/agent:<tag>`. */
  readonly reference: string;
  /** Of the manifest. */
  readonly digest: string;
  readonly layers: readonly LayerSize[];
}

/**
 * A Kubernetes with a real node: containerd runs what the kubelet is told, in a network of its own. Everything
 * (API server, registry, git) listens on `address`, which pods and this machine reach alike. There is no DNS: pods
 * use addresses, and `KUBERNETES_SERVICE_HOST` is one.
 */
export interface RigNode extends ControlPlane {
  /** IPv4 of the bridge that the pods hang on: `10.89.0.1` unless taken. */
  readonly address: string;
  /** The Node object's name. */
  readonly name: string;
  /** Behind TLS and a password; containerd trusts its certificate. `registry.host` begins an image reference. */
  readonly registry: RigRegistry;
  /** sshd on `address` with a read-write and a read-only deploy key. */
  readonly git: SshGit;
  /** Runs kubectl as the administrator and gives its output; `input` is for `-f -`. Throws with what it wrote to stderr. */
  kubectl(args: readonly string[], input?: string): Promise<string>;
  /** Makes the imagePullSecret of the registry's first user in a namespace that is there; `registry` unless named. */
  createPullSecret(namespace: string, name?: string): Promise<void>;
  /**
   * Pushes the small program as `repository:tag` and gives the whole reference. It answers every HTTP request on port
   * 8080 (or `PORT`) with `repository:tag`, writes `listening` to its log, ends with 0 on TERM. As arguments: `exit
   * <code> [after, 2s]` ends so; `print <words>` prints them; `get <url>` prints `<status> <body>`, and `api <path>` what
   * the API server answers the pod's service account; `pause` only waits.
   */
  pushApp(repository: string, tag: string): Promise<string>;
  /**
   * Builds the agent of this checkout and pushes it as `weaveflux/agent:tag`: entrypoint `weaveflux`, command `agent`,
   * user 65532. Layers but the agent's own are kept between runs; the first time they take about half a minute.
   */
  pushAgentImage(tag: string): Promise<AgentImage>;
  /** Kills a container's main process with SIGKILL and resolves when it has gone; the pod's first container unless named. */
  killContainer(namespace: string, pod: string, container?: string): Promise<void>;
  /** Ends the kubelet (TERM unless told); containers go on. */
  stopKubelet(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** Starts it again and waits for a new heartbeat of the node, ready. */
  startKubelet(): Promise<void>;
}

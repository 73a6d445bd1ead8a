import type { Difference, Health, Json, JsonObject, Manifest, ObjectId, Problem, Suspension } from '@weaveflux/shared';

/** An object to keep true: a manifest with its namespace settled and the body that is sent. */
export interface DesiredObject {
  readonly id: ObjectId;
  /** `objectKey(id)`. */
  readonly key: string;
  readonly manifest: Manifest;
  /** What server-side apply sends: the manifest, its namespace and the label `weaveflux.dev/environment`. */
  readonly body: JsonObject;
  /** Digest of `body`; equal hashes need no new apply. */
  readonly hash: string;
  /** 0 = namespaces and CRDs, 1 = the rest. */
  readonly wave: 0 | 1;
}

/** What the cluster says of one managed object, without its content. */
export interface LiveObject {
  readonly id: ObjectId;
  readonly key: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly generation: number | undefined;
  /** Value of the label `weaveflux.dev/environment`. */
  readonly environment: string | undefined;
  readonly deleting: boolean;
  /** `weaveflux.dev/*` and Flux v1 annotations only. */
  readonly annotations: Readonly<Record<string, string>>;
  readonly health: Health;
}

/** A change that the watch saw. `object` is the whole live object, for comparing; it is not kept. */
export type LiveEvent =
  | { readonly type: 'changed'; readonly live: LiveObject; readonly object: JsonObject }
  | { readonly type: 'deleted'; readonly live: LiveObject };

/** The result of applying or deleting one object. */
export interface ApplyResult {
  readonly action: 'created' | 'configured' | 'unchanged' | 'deleted' | 'skipped' | 'failed';
  readonly live?: LiveObject;
  readonly problem?: Problem;
  /** Why it was skipped. */
  readonly reason?: string;
}

/** How one kind is reached; settles scope. */
export interface KindInfo {
  readonly apiVersion: string;
  readonly plural: string;
  readonly namespaced: boolean;
}

/** What a resolve found out about a set of manifests. */
export interface Resolved {
  readonly desired: readonly DesiredObject[];
  /** Unknown kinds, namespaces not allowed, own inventory, duplicates by resolved id. */
  readonly problems: readonly Problem[];
  /** Manifests that only Weaveflux itself reads, because the cluster does not know their kind. */
  readonly ignored?: number;
  /** False when some API group did not answer: nothing of it may be pruned. */
  readonly complete: boolean;
}

/** An entry of the inventory. */
export interface InventoryEntry {
  readonly id: ObjectId;
  /** The version it was last applied with. */
  readonly apiVersion: string;
}

/** The names of all that this environment applied: ConfigMaps `weaveflux-inventory-<environment>-<n>`. */
export interface Inventory {
  load(signal: AbortSignal): Promise<ReadonlyMap<string, InventoryEntry>>;
  /** Writes only when the set changes. Before an apply. */
  add(entries: readonly InventoryEntry[], signal: AbortSignal): Promise<void>;
  /** After a confirmed delete, or when a name turned out not to be ours. */
  remove(keys: readonly string[], signal: AbortSignal): Promise<void>;
  suspensions(signal: AbortSignal): Promise<readonly Suspension[]>;
  suspend(suspensions: readonly Suspension[], signal: AbortSignal): Promise<void>;
}

/** Why an object with these annotations in the cluster is to be left alone, or `undefined`. */
export type Hold = (object: DesiredObject, annotations: Readonly<Record<string, string>>) => string | undefined;

/** A node, as far as it says which pods may run on it. */
export interface ClusterNode {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** What a cluster is to the delivery. Every call has a deadline and can be cancelled. */
export interface KubernetesTarget {
  readonly inventory: Inventory;
  /** The value of our label: `<agent namespace>.<environment>`. */
  readonly owner: string;
  /** Settles namespaces and versions by discovery; kinds of CRDs among the manifests count as known. */
  resolve(manifests: readonly Manifest[], signal: AbortSignal): Promise<Resolved>;
  /**
   * Server-side apply in waves, many in flight. Takes over from kubectl and known GitOps managers at first
   * contact; refuses objects labelled for another environment (FOREIGN_OBJECT); honours `recreate`, finished
   * Jobs, autoscaled replicas. Never throws for one object: each is reported as it ends. `hold` is asked about what is
   * in the cluster already, with those annotations that a `LiveObject` has; an object with a reason is skipped.
   */
  apply(
    objects: readonly DesiredObject[],
    revision: string,
    onResult: (object: DesiredObject, result: ApplyResult) => void,
    signal: AbortSignal,
    hold?: Hold,
  ): Promise<void>;
  /** Deletes what carries our label live, guarded by uid and resourceVersion; an object without it is skipped with the reason. Resolves when the API accepted. */
  remove(entry: InventoryEntry, signal: AbortSignal): Promise<ApplyResult>;
  /** The live object, or `undefined`; FORBIDDEN where it may not be read. */
  get(id: ObjectId, apiVersion: string, signal: AbortSignal): Promise<JsonObject | undefined>;
  /** Live summary made of an object as read. */
  summarize(object: JsonObject): LiveObject;
  /** What server-side apply of the body would change, by dry run against `live` (read when not given). Secrets masked. */
  differences(object: DesiredObject, live: JsonObject | undefined, signal: AbortSignal): Promise<Difference[]>;
  /** Takes the label of another environment off an object, so that the next apply may have it. */
  adopt(id: ObjectId, apiVersion: string, signal: AbortSignal): Promise<void>;
  /**
   * Watches the kinds of these ids by label; call again when the set of kinds changes. Only events newer than the
   * first list are told to `onEvent`, but the first list is told through `onListed` once a kind (also after a 410).
   * Our own writes are not told: their resourceVersions are known from the answers.
   */
  watch(kinds: readonly { group: string; kind: string; apiVersion: string }[], handlers: WatchHandlers): void;
  /** Credentials for an image repository's host from imagePullSecrets of a pod template and its service account, as docker config JSON texts. */
  pullSecrets(namespace: string, podTemplate: Json | undefined, signal: AbortSignal): Promise<readonly string[]>;
  /** The nodes, as the agent itself may see them; FORBIDDEN where it may not list them. */
  nodes(signal: AbortSignal): Promise<readonly ClusterNode[]>;
  close(): Promise<void>;
}

export interface WatchHandlers {
  onEvent(event: LiveEvent): void;
  /** Every live object of a kind that carries our label, after a (re)list; not `complete` = some namespaces may not be seen. */
  onListed(
    kind: { group: string; kind: string },
    objects: readonly { live: LiveObject; object: JsonObject }[],
    complete: boolean,
  ): void;
  /** A kind that cannot be watched (FORBIDDEN, gone): told once until it changes. */
  onProblem(kind: { group: string; kind: string }, problem: Problem): void;
}

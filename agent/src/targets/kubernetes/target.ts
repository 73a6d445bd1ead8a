import { displayName, type Health, type JsonObject, type ObjectId, objectKey, WeavefluxError } from '@weaveflux/shared';
import type { ClusterAccess } from '@weaveflux/shared/node';
import { objectPath } from './api-path.ts';
import { applyAll } from './apply.ts';
import { type ClientOptions, createClient, MERGE_PATCH, PARTIAL_OBJECT } from './client.ts';
import { type Cluster, findKind, needKind } from './cluster.ts';
import { compareObjects } from './diff.ts';
import { createDiscovery } from './discovery.ts';
import { impersonated } from './impersonate.ts';
import { createInventory } from './inventory.ts';
import { createJobMemory } from './jobs.ts';
import { createKnownObjects } from './known.ts';
import { ENVIRONMENT_LABEL, FIELD_MANAGER, ownerOf } from './labels.ts';
import { readNodes } from './nodes.ts';
import { callAbout, getObject, isSecret, resourceVersionOf, serverSideApply } from './objects.ts';
import { createOwnWrites } from './own-writes.ts';
import { readPullSecrets } from './pull-secrets.ts';
import { removeOne } from './remove.ts';
import { withoutFight } from './replicas.ts';
import { type ResolvedBefore, resolveManifests } from './resolve.ts';
import { createScaledCache } from './scaled-cache.ts';
import { summarize } from './summarize.ts';
import type { DesiredObject, KubernetesTarget } from './types.ts';
import { createWatches } from './watch.ts';

const PATIENCE = 60_000;
const COMPARE_TRIES = 3;

/** Settings of a target. */
export interface KubernetesTargetOptions extends ClientOptions {
  readonly environment: string;
  readonly agentNamespace: string;
  /** Empty = every namespace. */
  readonly allowNamespaces: readonly string[];
  /** Where a namespaced manifest names none; absent = the access's own, else `default`. */
  readonly defaultNamespace?: string | undefined;
  readonly healthOf: (object: JsonObject) => Health;
  /** In [0, 1): spreads the reconnects of watches. */
  readonly random: () => number;
  readonly now?: () => Date;
  /** Milliseconds to wait for what the API only promised: a CRD established, an object gone. A minute unless told. */
  readonly timeout?: number;
  /** The service account, `namespace/name`, that everything the repository asks for is done as. */
  readonly impersonate?: string | undefined;
}

/** A cluster as a delivery sees it. Connects at the first call. INVALID_FLAG where the environment's name makes no label. */
export function createKubernetesTarget(access: ClusterAccess, options: KubernetesTargetOptions): KubernetesTarget {
  const { environment, agentNamespace, allowNamespaces, healthOf } = options;
  const owner = ownerOf(agentNamespace, environment);
  const closing = new AbortController();
  const own = createClient(access, options);
  const { impersonate } = options;
  const client = impersonate === undefined ? own : createClient(impersonated(access, impersonate), options);
  const discovery = createDiscovery(client, closing.signal);
  const inventory = createInventory(own, agentNamespace, environment);
  const known = createKnownObjects();
  const cluster: Cluster = {
    client,
    own,
    discovery,
    inventory,
    known,
    ownWrites: createOwnWrites(),
    owner,
    allowNamespaces,
    patience: options.timeout ?? PATIENCE,
    healthOf,
  };
  const jobs = createJobMemory(cluster);
  const applied = new Set<string>();
  const scaled = createScaledCache(cluster, options.now ?? (() => new Date()), closing.signal);
  const wanted = createWantedNamespaces();
  const before: ResolvedBefore = new WeakMap();
  const watches = createWatches(cluster, jobs, options.random, wanted.of);
  const rules = {
    owner,
    environment,
    agentNamespace,
    defaultNamespace: options.defaultNamespace ?? access.namespace ?? 'default',
    allowNamespaces,
  };

  return {
    inventory,
    owner,
    async resolve(manifests, signal) {
      const resolved = resolveManifests(manifests, await discovery.refresh(signal), rules, before);
      wanted.set(resolved.desired);
      return resolved;
    },
    apply: (objects, _revision, onResult, signal, hold) =>
      applyAll(cluster, { jobs, applied, hold }, objects, onResult, signal),
    remove: (entry, signal) => removeOne(cluster, entry, signal),
    async get(id, apiVersion, signal) {
      const kind = await findKind(cluster, id, apiVersion, signal);
      return kind === undefined ? undefined : getObject(client, { id, kind }, signal);
    },
    summarize: (object) => summarize(object, healthOf),
    async differences(object, live, signal) {
      const kind = await needKind(cluster, object.id, object.manifest.apiVersion, signal);
      const target = { id: object.id, kind };
      let found = live ?? (await getObject(client, target, signal));
      for (let attempt = 1; ; attempt++) {
        const body = await withoutFight(cluster, object, kind, await scaled(object, signal), signal);
        const { body: result } = await serverSideApply(client, target, body, signal, true);
        // The dry run is of the object as it is now: against an older state, what others changed since would differ.
        if (attempt === COMPARE_TRIES || resourceVersionOf(result) === resourceVersionOf(found ?? {}))
          return compareObjects(result, found ?? {}, isSecret(object.id));
        found = await getObject(client, target, signal);
      }
    },
    adopt: (id, apiVersion, signal) => adopt(cluster, id, apiVersion, signal),
    watch: (kinds, handlers) => watches.set(kinds, handlers),
    pullSecrets: (namespace, podTemplate, signal) => readPullSecrets(client, namespace, podTemplate, signal),
    nodes: (signal) => readNodes(own, signal),
    async close() {
      closing.abort();
      await watches.close();
      await Promise.all([client.close(), own.close()]);
    },
  };
}

/** Puts our label in place of another's: were it only taken off, the other agent would put its own back first. */
async function adopt(cluster: Cluster, id: ObjectId, apiVersion: string, signal: AbortSignal): Promise<void> {
  const kind = await needKind(cluster, id, apiVersion, signal);
  const live = await getObject(cluster.client, { id, kind }, signal, 'metadata');
  if (live === undefined)
    throw new WeavefluxError('NOT_FOUND', `${displayName(id)} is not in the cluster, so there is nothing to adopt.`);
  const key = objectKey(id);
  const write = cluster.ownWrites.begin(key);
  try {
    const { body } = await cluster.client.request({
      method: 'PATCH',
      path: objectPath(kind, id),
      query: { fieldManager: FIELD_MANAGER },
      body: { metadata: { resourceVersion: resourceVersionOf(live), labels: { [ENVIRONMENT_LABEL]: cluster.owner } } },
      contentType: MERGE_PATCH,
      accept: PARTIAL_OBJECT,
      about: callAbout({ id, kind }, 'patch'),
      signal,
    });
    write.wrote(resourceVersionOf(body));
    cluster.known.see(key, body);
  } finally {
    write.end();
  }
}

/** The namespaces of each kind in what was last resolved. */
function createWantedNamespaces() {
  const byKind = new Map<string, Set<string>>();
  return {
    of: (kind: Pick<ObjectId, 'group' | 'kind'>) => [...(byKind.get(`${kind.group}/${kind.kind}`) ?? [])].sort(),
    set(desired: readonly DesiredObject[]) {
      byKind.clear();
      for (const { id } of desired) {
        const key = `${id.group}/${id.kind}`;
        byKind.set(key, (byKind.get(key) ?? new Set()).add(id.namespace));
      }
    },
  };
}

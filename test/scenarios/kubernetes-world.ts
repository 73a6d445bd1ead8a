import {
  type ApplyResult,
  createKubernetesTarget,
  type DesiredObject,
  type KubernetesTarget,
  type KubernetesTargetOptions,
  type LiveEvent,
  type Resolved,
} from '@weaveflux/agent';
import { idOf, type JsonObject, type Manifest, objectKey, type Problem } from '@weaveflux/shared';
import { loadClusterAccess } from '@weaveflux/shared/node';
import { type ControlPlane, waitFor } from '../rig/index.ts';

export const never: AbortSignal = new AbortController().signal;

/** A target of the agent's on the rig's cluster, with what tests do to it in one line. */
export interface Hands extends AsyncDisposable {
  readonly target: KubernetesTarget;
  /** Every request that was answered, `verb code`. */
  readonly requests: string[];
  resolve(...objects: JsonObject[]): Promise<Resolved>;
  /** Resolves, writes the inventory and applies as the agent does; results by key. */
  apply(...objects: JsonObject[]): Promise<Map<string, ApplyResult>>;
  /** Watches the kinds of these objects; resolves when each was listed once. */
  watch(...objects: JsonObject[]): Promise<Watched>;
}

/** What a watch told so far. */
export interface Watched {
  readonly events: LiveEvent[];
  readonly problems: Problem[];
  readonly lists: string[];
  /** Resolves with the first event of this object from now on or already told. */
  event(key: string, what: string, holds?: (event: LiveEvent) => boolean): Promise<LiveEvent>;
}

/** Opens a target as the administrator, or with another kubeconfig of the rig's. */
export async function openTarget(
  cluster: ControlPlane,
  options: Partial<KubernetesTargetOptions> & { readonly kubeconfig?: string } = {},
): Promise<Hands> {
  const { kubeconfig = cluster.kubeconfig, ...rest } = options;
  const requests: string[] = [];
  const target = createKubernetesTarget(await loadClusterAccess({ kubeconfig }), {
    environment: 'default',
    agentNamespace: 'weaveflux',
    allowNamespaces: [],
    defaultNamespace: 'default',
    healthOf: () => ({ state: 'unknown', message: '' }),
    random: Math.random,
    onRequest: (verb, code) => requests.push(`${verb} ${code}`),
    ...rest,
  });

  async function apply(...objects: JsonObject[]): Promise<Map<string, ApplyResult>> {
    const { desired, problems } = await target.resolve(manifestsOf(objects), never);
    if (problems.length > 0) throw new Error(problems.map((problem) => problem.message).join('\n'));
    await target.inventory.add(desired.map(entryOf), never);
    const results = new Map<string, ApplyResult>();
    await target.apply(desired, 'r1', (object, result) => results.set(object.key, result), never);
    return results;
  }

  return {
    target,
    requests,
    apply,
    resolve: (...objects) => target.resolve(manifestsOf(objects), never),
    watch: (...objects) => watch(target, objects),
    [Symbol.asyncDispose]: () => target.close(),
  };
}

async function watch(target: KubernetesTarget, objects: readonly JsonObject[]): Promise<Watched> {
  const watched: Watched = {
    events: [],
    problems: [],
    lists: [],
    event: (key, what, holds = () => true) =>
      waitFor({ what: `${what} of ${key}`, deadline: 60_000, interval: 5 }, () =>
        watched.events.find((event) => event.live.key === key && holds(event)),
      ),
  };
  const kinds = new Map(
    objects.map((object) => [`${object.kind}`, { ...idOf(object), apiVersion: String(object.apiVersion) }]),
  );
  target.watch([...kinds.values()], {
    onEvent: (event) => watched.events.push(event),
    onListed: (kind) => watched.lists.push(kind.kind),
    onProblem: (_, problem) => watched.problems.push(problem),
  });
  await waitFor(
    { what: 'every kind to be listed or refused', deadline: 60_000, interval: 5 },
    () => new Set(watched.lists).size + watched.problems.length >= kinds.size,
  );
  return watched;
}

/** Manifests as the reader would give them, each at a line of its own in `objects.yaml`. */
export function manifestsOf(objects: readonly JsonObject[]): Manifest[] {
  return objects.map((value, index) => ({
    id: idOf(value),
    apiVersion: String(value.apiVersion),
    value,
    file: 'objects.yaml',
    line: index * 10 + 1,
    document: index,
    at: [],
  }));
}

export function entryOf({ id, manifest }: DesiredObject) {
  return { id, apiVersion: manifest.apiVersion };
}

export function keyOf(object: JsonObject): string {
  return objectKey(idOf(object));
}

export function configMap(namespace: string, name: string, data: Record<string, string>): JsonObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data };
}

export function deployment(namespace: string, name: string, spec: JsonObject = {}): JsonObject {
  const labels = { app: name };
  const containers = [{ name: 'main', image: 'registry.example/app:1' }];
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace },
    spec: {
      replicas: 0,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers } },
      ...spec,
    },
  };
}

export function job(namespace: string, name: string, image: string, annotations: JsonObject = {}): JsonObject {
  const containers = [{ name: 'main', image }];
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, namespace, annotations },
    spec: { template: { spec: { restartPolicy: 'Never', containers } } },
  };
}

/** A CRD whose schema uses what generated models lose. */
export function crd(group: string, kind: string): JsonObject {
  const plural = `${kind.toLowerCase()}s`;
  const schema = {
    openAPIV3Schema: {
      type: 'object',
      properties: {
        spec: {
          type: 'object',
          'x-kubernetes-preserve-unknown-fields': true,
          properties: { port: { 'x-kubernetes-int-or-string': true } },
        },
      },
    },
  };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind, plural },
      versions: [{ name: 'v1', served: true, storage: true, schema }],
    },
  };
}

/** Makes a namespace with a name of its own. */
export async function newNamespace(cluster: ControlPlane): Promise<string> {
  const name = `n${++namespaces}-${process.pid}`;
  await cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  return name;
}
let namespaces = 0;

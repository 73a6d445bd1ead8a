import { groupOf, type JsonObject, listAt, objectAt, objectKey, stringAt, valueAt } from '@weaveflux/shared';
import { collectionPath } from './api-path.ts';
import type { Cluster } from './cluster.ts';
import { FIELD_MANAGER } from './labels.ts';
import { managedFieldsOf, owns } from './managed-fields.ts';
import { getObject } from './objects.ts';
import type { DesiredObject, KindInfo } from './types.ts';

const REPLICAS = ['spec', 'replicas'] as const;
const AUTOSCALERS = [
  { group: 'autoscaling', kind: 'HorizontalPodAutoscaler' },
  { group: 'keda.sh', kind: 'ScaledObject' },
] as const;

/** What an autoscaler in the repository or the cluster scales, by key. */
export type Scaled = ReadonlySet<string>;

export function statesReplicas(object: DesiredObject): boolean {
  return typeof valueAt(object.body, REPLICAS) === 'number';
}

/** The workloads that autoscalers target: those sent with them, and those in the cluster. */
export async function findScaled(
  cluster: Cluster,
  objects: readonly DesiredObject[],
  signal: AbortSignal,
): Promise<Scaled> {
  const namespaces = new Set(objects.filter(statesReplicas).map((object) => object.id.namespace));
  if (namespaces.size === 0) return new Set();
  const stated = objects.filter(({ id }) => AUTOSCALERS.some((a) => a.group === id.group && a.kind === id.kind));
  const live = await Promise.all(AUTOSCALERS.map((a) => listAutoscalers(cluster, a.group, a.kind, namespaces, signal)));
  return new Set([...stated.map((object) => object.body), ...live.flat()].flatMap(targetOf));
}

/** The body to send: with the live replicas until the autoscaler owns them, then without any. */
export async function withoutFight(
  cluster: Cluster,
  object: DesiredObject,
  kind: KindInfo,
  scaled: Scaled,
  signal: AbortSignal,
): Promise<JsonObject> {
  if (!scaled.has(object.key) || !statesReplicas(object)) return object.body;
  const live = await getObject(cluster.client, { id: object.id, kind }, signal);
  return live === undefined ? object.body : settleReplicas(object.body, live);
}

/** The decision of `withoutFight` for a live object. */
export function settleReplicas(body: JsonObject, live: JsonObject): JsonObject {
  const { replicas: _, ...spec } = objectAt(body, ['spec']);
  const others = managedFieldsOf(live).filter((entry) => entry.manager !== FIELD_MANAGER);
  if (others.some((entry) => owns(entry.fields, live, REPLICAS))) return { ...body, spec };
  const replicas = valueAt(live, REPLICAS);
  return { ...body, spec: replicas === undefined ? spec : { ...spec, replicas } };
}

async function listAutoscalers(
  cluster: Cluster,
  group: string,
  kind: string,
  namespaces: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<JsonObject[]> {
  const info = (await cluster.discovery.known(signal)).versionsOf(group, kind)[0];
  if (info === undefined) return [];
  const everywhere =
    cluster.allowNamespaces.length === 0 && namespaces.size > 1 ? await list(cluster, info, '', signal) : undefined;
  if (everywhere !== undefined) return everywhere;
  const each = await Promise.all([...namespaces].map((namespace) => list(cluster, info, namespace, signal)));
  return each.flatMap((items) => items ?? []);
}

/** `undefined` where they may not be read: then no autoscaler is known of. */
async function list(
  cluster: Cluster,
  info: KindInfo,
  namespace: string,
  signal: AbortSignal,
): Promise<JsonObject[] | undefined> {
  try {
    const { body } = await cluster.client.request({ method: 'GET', path: collectionPath(info, namespace), signal });
    return listAt(body, ['items']) as JsonObject[];
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}

function targetOf(autoscaler: JsonObject): string[] {
  const target = objectAt(autoscaler, ['spec', 'scaleTargetRef']);
  const name = stringAt(target, ['name']);
  const namespace = stringAt(autoscaler, ['metadata', 'namespace']);
  if (name === undefined || namespace === undefined) return [];
  // A ScaledObject means a Deployment of apps/v1 where it names no kind.
  const group = groupOf(stringAt(target, ['apiVersion']) ?? 'apps/v1');
  return [objectKey({ group, kind: stringAt(target, ['kind']) ?? 'Deployment', namespace, name })];
}

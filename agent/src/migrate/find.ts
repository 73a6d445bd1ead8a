import { groupOf, isObject, type JsonObject, listAt, stringAt, WeavefluxError } from '@weaveflux/shared';
import { collectionPath } from '../targets/kubernetes/api-path.ts';
import type { KubernetesClient } from '../targets/kubernetes/client.ts';
import { getConfigMap } from '../targets/kubernetes/config-maps.ts';
import { listPages } from '../targets/kubernetes/list-pages.ts';
import { hasCode } from '../targets/kubernetes/objects.ts';
import { type Fluxd, readFluxd, readHelmOperator } from './fluxd.ts';
import { namespaceOfKubeconfig, type PodFacts } from './pod.ts';
import type { ReadKey } from './variables.ts';

/** What of Flux v1 runs in a cluster. */
export interface FluxParts {
  readonly fluxds: readonly Fluxd[];
  /** `namespace/name` each. */
  readonly helmOperators: readonly string[];
  readonly memcacheds: readonly string[];
}

/** Where fluxd usually is, for people who may not list the whole cluster. */
const USUAL = ['flux', 'fluxcd', 'default'];
const DEPLOYMENTS = { apiVersion: 'apps/v1', plural: 'deployments', namespaced: true, kind: 'Deployment' };
const PODS = { apiVersion: 'v1', plural: 'pods', namespaced: true, kind: 'Pod' };

/** Looks for it in one namespace, else in all, else (where that is forbidden) in the usual ones. */
export async function findFlux(
  client: KubernetesClient,
  namespace: string | undefined,
  signal: AbortSignal,
): Promise<FluxParts> {
  const deployments = await listDeployments(client, namespace, signal);
  return {
    fluxds: deployments.flatMap((each) => readFluxd(each, nameOf(each)) ?? []),
    helmOperators: deployments.flatMap((each) => readHelmOperator(each) ?? []),
    memcacheds: deployments
      .filter((each) => imagesOf(each).some((image) => /(^|\/)memcached(:|@|$)/.test(image)))
      .map(nameOf),
  };
}

/** The one that is meant. Errors: NOT_FOUND where there is none, INVALID_FLAG where several are. */
export function chooseFluxd(fluxds: readonly Fluxd[], name: string | undefined): Fluxd {
  const meant = name === undefined ? fluxds : fluxds.filter((fluxd) => fluxd.name === name);
  const [first, ...others] = meant;
  if (first === undefined)
    throw new WeavefluxError(
      'NOT_FOUND',
      'No Deployment of fluxd is to be found in the cluster; name its namespace with --flux-namespace, or give its manifest with --file.',
    );
  if (others.length === 0) return first;
  const names = meant.map((fluxd) => `${fluxd.namespace}/${fluxd.name}`).join(', ');
  throw new WeavefluxError(
    'INVALID_FLAG',
    `Several fluxd are in the cluster (${names}); choose one with --flux-namespace and --flux-deployment, and migrate each by itself with an --environment of its own.`,
  );
}

/**
 * The pods of a fluxd that have not ended, by name, those too that are about to: they work until they are gone.
 * `undefined` where they may not be listed.
 */
export async function podsOf(
  client: KubernetesClient,
  { namespace, selector }: Pick<Fluxd, 'namespace' | 'selector'>,
  signal: AbortSignal,
): Promise<readonly string[] | undefined> {
  if (selector === '') return [];
  try {
    const pods = await listIn(client, { ...PODS, labelSelector: selector }, namespace, signal);
    return pods
      .filter((pod) => !/^(Succeeded|Failed)$/.test(stringAt(pod, ['status', 'phase']) ?? ''))
      .map((pod) => stringAt(pod, ['metadata', 'name']) ?? '');
  } catch (error) {
    if (hasCode(error, 'FORBIDDEN')) return undefined;
    throw error;
  }
}

/** Reads single keys of Secrets and ConfigMaps of a namespace; what is not there or forbidden is `undefined`. */
export function keyReader(client: KubernetesClient, namespace: string, signal: AbortSignal): ReadKey {
  return async (kind, name, key) => {
    const plural = kind === 'Secret' ? 'secrets' : 'configmaps';
    const info = { apiVersion: 'v1', plural, namespaced: true };
    try {
      const { body } = await client.request({
        method: 'GET',
        path: `${collectionPath(info, namespace)}/${encodeURIComponent(name)}`,
        about: { resource: plural, namespace, verb: 'get', secret: kind === 'Secret' },
        signal,
      });
      const value = stringAt(body, ['data', key]);
      if (value === undefined || kind === 'ConfigMap') return value;
      return Buffer.from(value, 'base64').toString('utf8');
    } catch (error) {
      if (hasCode(error, 'NOT_FOUND') || hasCode(error, 'FORBIDDEN')) return undefined;
      throw error;
    }
  };
}

/** What the ConfigMaps that fluxd mounts hold. */
export async function readFacts(
  client: KubernetesClient,
  fluxd: Fluxd,
  parse: (text: string) => unknown,
  signal: AbortSignal,
): Promise<PodFacts> {
  const keys = new Map<string, readonly string[]>();
  let kubeconfigNamespace: string | undefined;
  const file = fluxd.env.find(({ name }) => name === 'KUBECONFIG')?.value;
  for (const { name: volume, configMap } of fluxd.volumes) {
    if (configMap?.name === undefined) continue;
    const data = await dataOf(client, fluxd.namespace, configMap.name, signal);
    if (data === undefined) continue;
    keys.set(configMap.name, Object.keys(data));
    const mounted = fluxd.mounts.find(({ name }) => name === volume)?.mountPath.replace(/\/+$/, '');
    const text =
      mounted !== undefined && file?.startsWith(`${mounted}/`) ? data[file.slice(mounted.length + 1)] : undefined;
    const kubeconfig = typeof text === 'string' ? parse(text) : undefined;
    if (isObject(kubeconfig)) kubeconfigNamespace = namespaceOfKubeconfig(kubeconfig);
  }
  return { configMapKeys: keys, kubeconfigNamespace };
}

async function dataOf(
  client: KubernetesClient,
  namespace: string,
  name: string,
  signal: AbortSignal,
): Promise<JsonObject | undefined> {
  try {
    const found = await getConfigMap(client, namespace, name, signal);
    return isObject(found?.data) ? found.data : undefined;
  } catch (error) {
    if (hasCode(error, 'FORBIDDEN')) return undefined;
    throw error;
  }
}

async function listDeployments(
  client: KubernetesClient,
  namespace: string | undefined,
  signal: AbortSignal,
): Promise<JsonObject[]> {
  try {
    return await listIn(client, DEPLOYMENTS, namespace ?? '', signal);
  } catch (error) {
    if (namespace !== undefined || !hasCode(error, 'FORBIDDEN')) throw error;
  }
  const found: JsonObject[] = [];
  for (const usual of USUAL) {
    try {
      found.push(...(await listIn(client, DEPLOYMENTS, usual, signal)));
    } catch (error) {
      if (!hasCode(error, 'FORBIDDEN')) throw error;
    }
  }
  return found;
}

async function listIn(
  client: KubernetesClient,
  { labelSelector, ...info }: typeof PODS & { readonly labelSelector?: string },
  namespace: string,
  signal: AbortSignal,
): Promise<JsonObject[]> {
  const { apiVersion, kind, plural } = info;
  const found: JsonObject[] = [];
  const request = {
    path: collectionPath(info, namespace),
    query: { labelSelector },
    about: { resource: plural, group: groupOf(apiVersion), namespace, verb: 'list' },
    signal,
  };
  // Items of a list do not say what they are.
  for await (const body of listPages(client, request))
    for (const item of listAt(body, ['items'])) if (isObject(item)) found.push({ apiVersion, kind, ...item });
  return found;
}

function nameOf(deployment: JsonObject): string {
  return `${stringAt(deployment, ['metadata', 'namespace']) ?? ''}/${stringAt(deployment, ['metadata', 'name']) ?? ''}`;
}

function imagesOf(deployment: JsonObject): string[] {
  return listAt(deployment, ['spec', 'template', 'spec', 'containers']).flatMap(
    (one) => stringAt(one, ['image']) ?? [],
  );
}

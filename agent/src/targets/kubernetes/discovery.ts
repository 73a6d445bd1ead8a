import { type JsonObject, listAt, stringAt } from '@weaveflux/shared';
import { untilAborted } from '../../concurrency/until-aborted.ts';
import { type Catalog, createCatalog, readAggregated, readResourceList, type ServedVersion } from './catalog.ts';
import type { KubernetesClient } from './client.ts';

const AGGREGATED = [
  'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList',
  'application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList',
  'application/json',
].join(',');

/** What the cluster serves. Callers at the same time share one look. */
export interface Discovery {
  /** As last seen; looks when nothing is known yet. */
  known(signal: AbortSignal): Promise<Catalog>;
  /** As it is now. Two conditional requests, which cost next to nothing while nothing changes. */
  refresh(signal: AbortSignal): Promise<Catalog>;
}

interface Root {
  readonly etag: string | undefined;
  readonly versions: readonly ServedVersion[];
}

export function createDiscovery(client: KubernetesClient, closed: AbortSignal): Discovery {
  const roots = new Map<string, Root>();
  let catalog: Catalog | undefined;
  let running: Promise<Catalog> | undefined;

  async function look(): Promise<Catalog> {
    const found = await Promise.all(['/api', '/apis'].map((path) => readRoot(client, path, roots, closed)));
    if (catalog === undefined || found.some((root) => root.changed))
      catalog = createCatalog(found.flatMap((root) => root.versions));
    return catalog;
  }

  function refresh(signal: AbortSignal): Promise<Catalog> {
    running ??= look().finally(() => {
      running = undefined;
    });
    return untilAborted(running, signal);
  }

  return {
    refresh,
    async known(signal) {
      return catalog ?? refresh(signal);
    },
  };
}

async function readRoot(
  client: KubernetesClient,
  path: string,
  roots: Map<string, Root>,
  signal: AbortSignal,
): Promise<{ versions: readonly ServedVersion[]; changed: boolean }> {
  const before = roots.get(path);
  const answer = await client.request({
    method: 'GET',
    path,
    accept: AGGREGATED,
    headers: before?.etag === undefined ? {} : { 'if-none-match': before.etag },
    signal,
  });
  if (answer.status === 304 && before !== undefined) return { versions: before.versions, changed: false };
  const aggregated = stringAt(answer.body, ['kind']) === 'APIGroupDiscoveryList';
  const versions = aggregated ? readAggregated(answer.body) : await readEach(client, path, answer.body, signal);
  // A group that did not answer would stay so under the same ETag: ask in full until it does.
  const keepEtag = aggregated && versions.every((served) => served.fresh);
  roots.set(path, { etag: keepEtag ? answer.etag : undefined, versions });
  return { versions, changed: true };
}

/** The way before aggregated discovery: every group and version is asked for itself, and may fail for itself. */
async function readEach(
  client: KubernetesClient,
  path: string,
  body: JsonObject,
  signal: AbortSignal,
): Promise<ServedVersion[]> {
  const versions =
    path === '/api'
      ? listAt(body, ['versions']).map((version) => ({ group: '', version: String(version) }))
      : listAt(body, ['groups']).flatMap((group) =>
          listAt(group, ['versions']).map((entry) => ({
            group: stringAt(group, ['name']) ?? '',
            version: stringAt(entry, ['version']) ?? '',
          })),
        );
  return Promise.all(
    versions.map(async ({ group, version }): Promise<ServedVersion> => {
      const at = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
      try {
        return readResourceList(group, version, (await client.request({ method: 'GET', path: at, signal })).body);
      } catch {
        signal.throwIfAborted();
        return { group, version, kinds: [], fresh: false };
      }
    }),
  );
}

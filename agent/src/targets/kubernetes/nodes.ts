import { type Json, listAt, objectAt, stringAt } from '@weaveflux/shared';
import { type KubernetesClient, PARTIAL_LIST } from './client.ts';
import { listPages } from './list-pages.ts';
import type { ClusterNode } from './types.ts';

/** The nodes, by metadata only; FORBIDDEN where they may not be listed. */
export async function readNodes(client: KubernetesClient, signal: AbortSignal): Promise<readonly ClusterNode[]> {
  const nodes: ClusterNode[] = [];
  const about = { resource: 'nodes', verb: 'list' };
  for await (const page of listPages(client, { path: '/api/v1/nodes', accept: PARTIAL_LIST, about, signal }))
    nodes.push(...listAt(page, ['items']).map(nodeOf));
  return nodes;
}

function nodeOf(item: Json): ClusterNode {
  const labels = Object.entries(objectAt(item, ['metadata', 'labels']));
  return {
    name: stringAt(item, ['metadata', 'name']) ?? '',
    labels: Object.fromEntries(labels.map(([key, value]) => [key, String(value)])),
  };
}
